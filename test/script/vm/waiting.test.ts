import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { Counters } from '../../../src/base/counters.ts';
import { rowsOf, type Row } from '../../../src/script/row.ts';
import { settled, onBothEngines, TestRun, type Stage } from './stage.ts';

onBothEngines((stage) => {
  const waitingScript = 'function probe(argument) KSR.test.out("before") KSR.test.out(KSR.test.wait("sql")) KSR.test.out("after") end';

  function parked({ engine }: Stage, run = new TestRun()): TestRun {
    assert.equal(engine.run('probe', run), 'parked');
    return run;
  }

  describe('a function that waits', () => {
    test('parks the route, which goes on behind the call with the value', async () => {
      const here = stage(waitingScript);
      const run = parked(here);
      assert.deepEqual([run.out, here.engine.parkedRuns, run.completions], [['before'], 1, 0]);
      run.waits[0]!.resolve('answer');
      await run.completed;
      assert.deepEqual([run.out, here.engine.parkedRuns, run.completions], [['before', 'answer', 'after'], 0, 1]);
    });

    test('that answers at once does not park, and onCompleted is not called', async () => {
      const { engine } = stage('function probe() KSR.test.out(KSR.test.now("x")) end');
      const run = new TestRun();
      assert.equal(engine.run('probe', run), 'completed');
      await settled();
      assert.deepEqual([run.out, run.completions], [['x at once'], 0]);
    });

    test('may be called several times in a route; onCompleted comes once, at the end', async () => {
      const here = stage('function probe() for i = 1, 3 do KSR.test.out(KSR.test.wait("w" .. i)) end end');
      const run = parked(here);
      for (let i = 0; i < 3; i += 1) {
        assert.equal(run.completions, 0);
        run.waits[i]!.resolve(`v${i}`);
        await settled();
      }
      assert.deepEqual([run.out, run.completions], [['v0', 'v1', 'v2'], 1]);
      assert.deepEqual(run.waits.map(({ what }) => what), ['w1', 'w2', 'w3']);
    });

    test('may be called inside pcall, in the middle of an expression and below several functions', async () => {
      const here = stage(`
      local function deep(x) return "<" .. KSR.test.wait(x) .. ">" end
      function probe()
        local ok, text = pcall(function() return deep("a") .. deep("b") end)
        KSR.test.out(tostring(ok) .. text)
        local failed = pcall(function() deep("c") error("later") end)
        KSR.test.out(tostring(failed))
      end`);
      const run = parked(here);
      for (const value of ['1', '2', '3']) {
        run.waits.at(-1)!.resolve(value);
        await settled();
      }
      assert.deepEqual([run.out, run.completions, run.failed], [['true<1><2>', 'false'], 1, false]);
    });

    test('exit behind a wait is a success, also inside pcall once raised again', async () => {
      const run = parked(stage('function probe() KSR.test.wait("x") KSR.x.exit() end'));
      run.waits[0]!.resolve('');
      await run.completed;
      assert.equal(run.failed, false);
    });

    test('an error behind a wait is logged with file:line and Call-ID and marks the run failed', async () => {
      const here = stage('function probe()\n  KSR.test.wait("x")\n  local t = nil\n  t.x = 1\nend');
      const run = parked(here, new TestRun('late@host'));
      run.waits[0]!.resolve('');
      await run.completed;
      assert.equal(run.failed, true);
      const [line] = here.logger.errors;
      assert.match(line!.message, /route\.lua:4: attempt to index a nil value/);
      assert.match(String(line!.fields.at), /route\.lua:4$/);
      assert.deepEqual([line!.fields.callId, line!.fields.function], ['late@host', 'probe']);
    });

    test('whose promise is rejected gives -1 and an error line with the place of the call', async () => {
      const here = stage('function probe()\n  KSR.test.num(KSR.test.wait("x"))\nend');
      const run = parked(here);
      run.waits[0]!.reject(new Error('no database'));
      await run.completed;
      assert.deepEqual([run.out, run.failed], [[-1], false]);
      assert.match(here.logger.errors[0]!.message, /KSR\.test\.wait failed: no database/);
      assert.match(String(here.logger.errors[0]!.fields.at), /route\.lua:2$/);
      assert.equal(here.logger.errors[0]!.fields.callId, 'call-1');
    });

    test('declared bool gives false when its promise is rejected, since -1 would be true', async () => {
      const { waitingRow } = rowsOf<TestRun>('sql');
      const ask = waitingRow('ask', [], 'bool', () => Promise.reject(new Error('no')), '');
      const run = parked(stage('function probe() KSR.test.out(tostring(KSR.sql.ask())) end', { rows: [ask] }));
      await run.completed;
      assert.deepEqual(run.out, ['false']);
    });

    test('gives -1 inside a coroutine of the script, is not called, and says so in the log', () => {
      const { route, logger } = stage('');
      const run = route('KSR.test.num(coroutine.wrap(function() return KSR.test.wait("x") end)())');
      assert.deepEqual([run.out, run.waits], [[-1], []]);
      assert.match(logger.errors[0]!.message, /cannot be called inside a coroutine of the script/);
    });

    test('gives -1 inside a callback of a library function, is not called, and says so in the log', () => {
      const { route, logger } = stage('');
      const run = route('string.gsub("a", "a", function() KSR.test.num(KSR.test.wait("x")) end)');
      assert.deepEqual([run.out, run.waits], [[-1], []]);
      assert.match(logger.errors[0]!.message, /inside a metamethod or a library callback/);
    });

    test('gives -1 at once past the bound on parked routes, and is not called; counted, and logged once', async () => {
      const counters = new Counters();
      const here = stage('function probe() KSR.test.out(KSR.test.wait("x")) end', { maxParkedRuns: 2, counters });
      const first = parked(here);
      const second = parked(here);
      const third = new TestRun();
      assert.equal(here.engine.run('probe', third), 'completed');
      assert.deepEqual([third.out, third.waits], [['-1'], []]);
      here.engine.run('probe', new TestRun());
      assert.equal(here.logger.errors.length, 1);
      assert.match(here.logger.errors[0]!.message, /2 routes are waiting already/);
      assert.equal(counters.all().find(({ name }) => name === 'script.waits.refused')!.value, 2);
      first.waits[0]!.resolve('room again');
      await first.completed;
      parked(here);
      second.waits[0]!.resolve('');
      await second.completed;
    });
  });

  describe('routes that interleave', () => {
    test('a thousand parked routes, resumed in another order, keep their own context and locals', async () => {
      const here = stage(
        'function probe(id) local mine = id KSR.test.out(mine .. KSR.test.wait("1")) KSR.test.out(mine .. KSR.test.wait("2")) end',
        { maxParkedRuns: 1000 },
      );
      const runs = Array.from({ length: 1000 }, (_, i) => new TestRun(`call-${i}`));
      for (const [i, run] of runs.entries()) here.engine.run('probe', run, `id${i}`);
      assert.equal(here.engine.parkedRuns, 1000);
      for (const [i, run] of [...runs.entries()].sort(([a], [b]) => ((a * 7919) % 1000) - ((b * 7919) % 1000))) {
        run.waits[0]!.resolve(`:first${i}`);
      }
      await settled();
      for (const [i, run] of [...runs.entries()].reverse()) run.waits[1]!.resolve(`:second${i}`);
      await settled();
      for (const [i, run] of runs.entries()) {
        assert.deepEqual(run.out, [`id${i}:first${i}`, `id${i}:second${i}`]);
        assert.equal(run.completions, 1);
      }
      assert.equal(here.engine.parkedRuns, 0);
    });

    test('a route that never waits runs while others are parked', async () => {
      const here = stage(`${waitingScript} function quick() KSR.test.out("quick") end`);
      const waiting = parked(here);
      const quick = new TestRun();
      assert.equal(here.engine.run('quick', quick), 'completed');
      assert.deepEqual(quick.out, ['quick']);
      waiting.waits[0]!.resolve('');
      await waiting.completed;
      assert.deepEqual(waiting.out, ['before', '', 'after']);
    });
  });

  describe('routes within routes', () => {
    /** `relay()` runs the branch route for a context of its own, as t_relay does. */
    function nesting(script: string): { here: Stage; branch: TestRun; outcomes: string[] } {
      const branch = new TestRun('branch');
      const outcomes: string[] = [];
      const { row } = rowsOf<TestRun>('tm');
      const relay: Row<TestRun> = row(
        'relay',
        ['str'],
        'int',
        (_run, name): number => {
          outcomes.push(here.engine.run(name, branch));
          return 1;
        },
        '',
      );
      const here: Stage = stage(script, { rows: [relay] });
      return { here, branch, outcomes };
    }

    test('the inner route has its own context, the outer one has its own back', () => {
      const { here, branch } = nesting(`
      function branch() KSR.test.out("inner") KSR.x.exit() end
      function probe() KSR.test.out("outer") KSR.tm.relay("branch") KSR.test.out("outer again") end`);
      const run = new TestRun();
      assert.equal(here.engine.run('probe', run), 'completed');
      assert.deepEqual([run.out, branch.out], [['outer', 'outer again'], ['inner']]);
    });

    test('an error in the inner route does not end the outer one', () => {
      const { here, branch } = nesting('function branch() error("bad") end function probe() KSR.tm.relay("branch") KSR.test.out("on") end');
      const run = new TestRun();
      here.engine.run('probe', run);
      assert.deepEqual([run.out, run.failed, branch.failed], [['on'], false, true]);
      assert.equal(here.logger.errors[0]!.fields.callId, 'branch');
    });

    test('an inner route that parks lets the outer one go on, and ends later by itself', async () => {
      const { here, branch, outcomes } = nesting(`
      function branch() KSR.test.out(KSR.test.wait("in branch")) end
      function probe() KSR.tm.relay("branch") KSR.test.out("outer goes on") end`);
      const run = new TestRun();
      assert.equal(here.engine.run('probe', run), 'completed');
      assert.deepEqual([run.out, branch.out, outcomes], [['outer goes on'], [], ['parked']]);
      branch.waits[0]!.resolve('late');
      await branch.completed;
      assert.deepEqual([branch.out, run.out, run.completions], [['late'], ['outer goes on'], 0]);
    });

    test('inner and outer may both be parked', async () => {
      const { here, branch } = nesting(`
      function branch() KSR.test.out("b" .. KSR.test.wait("x")) end
      function probe() KSR.tm.relay("branch") KSR.test.out("o" .. KSR.test.wait("y")) end`);
      const run = parked(here);
      assert.equal(here.engine.parkedRuns, 2);
      run.waits[0]!.resolve('1');
      await run.completed;
      branch.waits[0]!.resolve('2');
      await branch.completed;
      assert.deepEqual([run.out, branch.out], [['o1'], ['b2']]);
    });

    test('a route started behind a wait nests as well', async () => {
      const { here, branch } = nesting(`
      function branch() KSR.test.out("inner") end
      function probe() KSR.test.wait("x") KSR.tm.relay("branch") KSR.test.out("outer") end`);
      const run = parked(here);
      run.waits[0]!.resolve('');
      await run.completed;
      assert.deepEqual([run.out, branch.out], [['outer'], ['inner']]);
    });

    test('routes that nest without end are stopped by the bound on the depth', () => {
      const { here, branch } = nesting('function branch() KSR.tm.relay("branch") end function probe() KSR.tm.relay("branch") KSR.test.out("on") end');
      const run = new TestRun();
      here.engine.run('probe', run);
      assert.deepEqual([run.out, branch.failed], [['on'], true]);
      assert.match(here.logger.errors[0]!.message, /stack overflow/);
    });
  });

  describe('the end of a parked route', () => {
    test('an onCompleted that throws is logged and harms no other route', async () => {
      const here = stage(waitingScript);
      const run = parked(here);
      run.onCompleted = () => {
        throw new Error('proxy fault');
      };
      run.waits[0]!.resolve('');
      await settled();
      assert.match(here.logger.errors[0]!.message, /onCompleted failed: proxy fault/);
      const next = parked(here);
      next.waits[0]!.resolve('');
      await next.completed;
    });
  });
});
