import type { Figure, FigureDef } from '../figure.ts';
import { theme } from '../theme.ts';

/** A figure that says in words why there is nothing to draw, so that an empty study never breaks a paper's build. */
export function placeholder(name: string, { question, needs }: FigureDef): Figure {
  const text = [`Nothing to draw for "${name}":`, `the summary has no ${needs}.`];
  return {
    width: 'single',
    columns: 1,
    data: [],
    spec: (panelWidth) => ({
      $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
      description: `${question} ${text.join(' ')}`,
      config: theme,
      width: panelWidth,
      height: 60,
      data: { values: [{}] },
      mark: { type: 'text', text, fontSize: 8, color: '#555555' },
    }),
  };
}
