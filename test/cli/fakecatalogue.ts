import type { Catalogue } from '../../src/experiment/catalogue.ts';

/** A small catalogue for tests of the study reader and the command line; nothing in it is measured. */
export const fakeCatalogue: Catalogue = {
  machines: { toy: { doc: 'two cores', maxCores: 2 }, server: { doc: 'eight cores', maxCores: 8, smt: {} } },
  policies: {
    baseline: { doc: 'ring 3' },
    kernelmode: { doc: 'ring 0' },
    bypage: { doc: 'by page' },
    free: { doc: 'no cost' },
  },
  workloads: {
    http: {
      doc: 'a server',
      params: {
        connections: { kind: 'integer', default: 16, min: 1, max: 1000, unit: 'count', doc: 'clients' },
        load: { kind: 'number', default: 0.5, min: 0, max: 0.95, unit: 'none', doc: 'share of capacity' },
        loop: { kind: 'choice', default: 'open', choices: ['open', 'closed'], unit: 'none', doc: 'arrivals' },
        nagle: { kind: 'boolean', default: false, unit: 'none', doc: 'batch small packets' },
      },
    },
    compute: {
      doc: 'no calls',
      params: { threads: { kind: 'integer', default: 2, min: 1, unit: 'count', doc: 'threads' } },
    },
  },
  profilePaths: (machine) => {
    const paths = {
      'cost.cr3Write': { value: 200, range: [96, 251] as const },
      'cost.swapgs': { value: 30, range: [10, 60] as const },
    };
    return machine === 'toy' ? { 'cost.cr3Write': paths['cost.cr3Write'] } : paths;
  },
};
