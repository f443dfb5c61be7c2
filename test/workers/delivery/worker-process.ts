/** A worker in a process of its own, for tests to kill. Its settings are JSON in the first argument. */
import { startWorker, type RealWorkerSettings } from './real-worker.ts';

// It is to be killed while it waits for X, so it waits longer than any test.
startWorker(JSON.parse(process.argv[2]!) as RealWorkerSettings, 120_000);
