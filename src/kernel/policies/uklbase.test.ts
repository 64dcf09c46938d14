import { describe, expect, it } from 'vitest';
import { baseline } from './baseline.ts';
import { uklBase } from './uklbase.ts';

describe('a page fault of a program linked with the kernel', () => {
  const { cpl0 } = uklBase.crossings.pageFault;

  it('clears buffers and does the work of entry and exit as that of user code does, 9 steps', () => {
    const work = ['saveRegisters', 'entryWork', 'pageFault', 'exitWork', 'restoreRegisters', 'verw'] as const;

    expect(work.filter((step) => !cpl0.includes(step))).toEqual([]);
    expect(cpl0.filter((step) => baseline.crossings.pageFault.cpl3.includes(step))).toHaveLength(9);
  });

  it('changes neither the level, nor GS, nor page tables', () => {
    const changes = ['eventEntry', 'fredEntry', 'iret', 'eretu', 'swapgs', 'cr3Write', 'cr3Flush'] as const;

    expect(changes.filter((step) => cpl0.includes(step))).toEqual([]);
    expect(cpl0).toEqual(expect.arrayContaining(['eventEntrySame', 'iretSame']));
  });
});
