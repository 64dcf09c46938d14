import * as vega from 'vega';
import { compile } from 'vega-lite';
import type { TopLevelSpec } from 'vega-lite';
import type { Figure } from './figure.ts';
import { installTextMetrics } from './render-fonts.ts';
import { paperWidth } from './theme.ts';

/** A drawn figure: SVG whose user unit is one point, its size in points, and what the chart compiler complained about. */
export interface Drawing {
  readonly spec: TopLevelSpec;
  readonly svg: string;
  readonly width: number;
  readonly height: number;
  readonly warnings: readonly string[];
}

const pointsPerInch = 72;
/** Vega sizes a chart in whole points, so two panels move it in steps of two; one point is 0.35 mm on paper. */
const fitPoints = 1;
const fitSteps = 8;

installTextMetrics();

/** Draws a spec at its own size. */
async function drawSpec(spec: TopLevelSpec): Promise<Drawing> {
  const warnings: string[] = [];
  const logger = collector(warnings);
  const view = new vega.View(vega.parse(compile(spec, { logger }).spec), { renderer: 'none', logger });
  const svg = await view.toSVG();
  view.finalize();
  const size = /<svg[^>]*\swidth="([\d.]+)"\sheight="([\d.]+)"/.exec(svg);
  if (!size) throw new Error(`drawSpec: no size in "${svg.slice(0, 120)}"`);
  return { spec, svg, width: Number(size[1]), height: Number(size[2]), warnings };
}

/** Draws a figure so that the whole of it, with axes and legend, has its printed width; the panels take what is left. */
export async function drawFigure(figure: Figure): Promise<Drawing> {
  const target = paperWidth[figure.width] * pointsPerInch;
  let panel = Math.max(20, target / figure.columns - 25);
  let drawing = await drawSpec(figure.spec(panel));
  for (let step = 0; step < fitSteps && Math.abs(drawing.width - target) > fitPoints; step++) {
    panel = Math.max(20, panel + (target - drawing.width) / figure.columns);
    drawing = await drawSpec(figure.spec(panel));
  }
  return drawing;
}

/** A logger that keeps warnings and throws errors. */
function collector(warnings: string[]): vega.LoggerInterface {
  const logger = {
    level: () => logger,
    info: () => logger,
    debug: () => logger,
    warn: (...parts: unknown[]) => (warnings.push(parts.join(' ')), logger),
    error: (...parts: unknown[]) => {
      throw new Error(parts.join(' '));
    },
  } as unknown as vega.LoggerInterface;
  return logger;
}
