import type { Engine } from '../../sim/engine.ts';
import { NativeEngine } from '../../sim/nativeengine.ts';
import { SimjsEngine } from '../../sim/simjsengine.ts';
import { loadSimjs } from './simjs.ts';

/** A fresh engine by name. Both give the same trajectory; the fingerprint proves it. */
export const engines = {
  native: () => new NativeEngine(),
  simjs: () => new SimjsEngine(loadSimjs()),
} as const satisfies Record<string, () => Engine>;
