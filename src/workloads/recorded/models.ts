import jdkhttp17 from './jdkhttp17-fixed4.json' with { type: 'json' };
import type { RecordedModel } from './model.ts';
import nio17 from './nio17-1.json' with { type: 'json' };
import nio17Jni from './nio17-jni.json' with { type: 'json' };
import nio17JniMany from './nio17-jnimany.json' with { type: 'json' };
import nio25Ffm from './nio25-ffm.json' with { type: 'json' };
import redis from './redis.json' with { type: 'json' };
import thread17 from './thread17.json' with { type: 'json' };

/** All recorded servers by name. The files are written by `ringsim import` (`README.md`), never by hand, and a test checks their consistency. */
export const RECORDED_MODELS = {
  'jdkhttp17-fixed4': jdkhttp17 as unknown as RecordedModel,
  'nio17-1': nio17 as unknown as RecordedModel,
  'nio17-jni': nio17Jni as unknown as RecordedModel,
  'nio17-jnimany': nio17JniMany as unknown as RecordedModel,
  'nio25-ffm': nio25Ffm as unknown as RecordedModel,
  redis: redis as unknown as RecordedModel,
  thread17: thread17 as unknown as RecordedModel,
} satisfies Readonly<Record<string, RecordedModel>>;
