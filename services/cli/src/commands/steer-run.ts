import { type Steering, steerRun } from '@idiolect/runtime/steer-run'
import { Command } from 'commander'

import type { Surroundings } from '../surroundings.ts'
import { withQueues } from '../with-queues.ts'

export function pauseCommand(surroundings: Surroundings): Command {
  const said = (id: string) => `${id} waits; what is in work is still finished. "idiolect resume ${id}" lets it go on.`
  return steering(surroundings, 'pause', said)
}

export function resumeCommand(surroundings: Surroundings): Command {
  return steering(surroundings, 'resume', (id) => `${id} goes on.`)
}

export function cancelCommand(surroundings: Surroundings): Command {
  const said = (id: string) =>
    `${id} is cancelled. What it had done stays in its folder; the command that began it goes on from there.`
  return steering(surroundings, 'cancel', said)
}

function steering(surroundings: Surroundings, name: Steering, said: (id: string) => string): Command {
  return new Command(name).argument('<run>', 'as "idiolect runs" lists it').action(async (id: string) => {
    await withQueues(surroundings, (queues) => steerRun(queues, id, name))
    surroundings.stdout.write(`${said(id)}\n`)
  })
}
