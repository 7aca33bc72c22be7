import type { Command } from 'commander'

import type { Surroundings } from './surroundings.ts'

type Listed = { description: string; load: () => Promise<(surroundings: Surroundings) => Command> }

/** Every command by its name. A module is loaded when its command is called: all of them together take two seconds. */
export const commandList: Record<string, Listed> = {
  run: {
    description: 'make a whole run on this machine; the same command again resumes it',
    load: async () => (await import('./commands/run.ts')).runCommand,
  },
  enqueue: {
    description:
      'put a run on the queues of REDIS_URL, for workers elsewhere; --out is a folder that the collectors reach',
    load: async () => (await import('./commands/enqueue.ts')).enqueueCommand,
  },
  worker: {
    description: 'run workers of these stages against REDIS_URL until SIGTERM',
    load: async () => (await import('./commands/worker.ts')).workerCommand,
  },
  runs: {
    description: 'list the runs that Redis knows, newest first',
    load: async () => (await import('./commands/runs.ts')).runsCommand,
  },
  status: {
    description: 'how far a run is',
    load: async () => (await import('./commands/status.ts')).statusCommand,
  },
  retry: {
    description: 'try the failed records of a run again and heal its output in place',
    load: async () => (await import('./commands/retry.ts')).retryCommand,
  },
  pause: {
    description: 'let the batches of a run wait',
    load: async () => (await import('./commands/steer-run.ts')).pauseCommand,
  },
  resume: {
    description: 'let a paused run go on',
    load: async () => (await import('./commands/steer-run.ts')).resumeCommand,
  },
  cancel: {
    description: 'take a run off the queues for good',
    load: async () => (await import('./commands/steer-run.ts')).cancelCommand,
  },
  import: {
    description: 'turn other formats into documents',
    load: async () => (await import('./commands/import.ts')).importCommand,
  },
  export: {
    description: "write a run's texts in another format",
    load: async () => (await import('./commands/export.ts')).exportCommand,
  },
  evaluate: {
    description: 'score a finished run, or a file of texts, against the true texts; a run gets its metrics.json',
    load: async () => (await import('./commands/evaluate.ts')).evaluateCommand,
  },
  audit: {
    description: 'look for the four things that must never happen in a finished run, by its input and its rows alone',
    load: async () => (await import('./commands/audit.ts')).auditCommand,
  },
  compare: {
    description: "the paper's methods side by side over one corpus: table, CSV and a report to read",
    load: async () => (await import('./commands/compare.ts')).compareCommand,
  },
  train: {
    description: 'learn from a dataset run what SumCtx and SynCtx choose where no language model does',
    load: async () => (await import('./commands/train.ts')).trainCommand,
  },
  forget: {
    description: 'remove an author from an output folder, and leave a record of what was removed',
    load: async () => (await import('./commands/forget.ts')).forgetCommand,
  },
  doctor: {
    description: 'check what a run needs from this machine, and say what to do',
    load: async () => (await import('./commands/doctor.ts')).doctorCommand,
  },
  dashboard: {
    description: 'web pages of the runs at /, of the queues at /queues',
    load: async () => (await import('./commands/dashboard.ts')).dashboardCommand,
  },
}
