import { performance } from 'node:perf_hooks';
import { errorText } from '../../../base/errors.ts';
import type { LibraryHost } from '../../../lua/library/host.ts';
import type { RouteRun } from '../engine.ts';
import { internalError } from '../call-rules.ts';
import type { CompiledProgram } from './program.ts';
import type { Scene } from './scene.ts';
import { withPlace } from './script-failure.ts';

/** What Lua's standard library gets of the engine. */
export function libraryHost<C extends RouteRun>(scene: Scene<C>, program: () => CompiledProgram | undefined): LibraryHost {
  const { parts, runtime } = scene;
  return {
    print: (line) => parts.logger.info(line, { callId: scene.route?.callId }),
    nowMs: Date.now,
    monotonicMs: () => performance.now(),
    complain: (message) => scene.complain(message),
    internalError(thrown) {
      parts.failures.rowThrew(thrown, scene.route?.callId);
      return withPlace(thrown, internalError(errorText(thrown)));
    },
    maxRepeatBytes: parts.maxRepeatBytes,
    loadModule: (name) => program()?.module(runtime, name),
    loadFile: (path) => program()?.file(runtime, path),
  };
}
