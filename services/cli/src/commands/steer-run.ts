import { IdiolectError } from '@idiolect/contracts/errors'
import { stages } from '@idiolect/contracts/stages'
import type { Queues } from '@idiolect/runtime/queues'
import { isUnderWay } from '@idiolect/runtime/run-store'
import { Command } from 'commander'

import type { Surroundings } from '../surroundings.ts'
import { withQueues } from '../with-queues.ts'

export function pauseCommand(surroundings: Surroundings): Command {
  return steering(surroundings, 'pause', async ({ store }, id) => {
    await store.setPaused(id, true)
    return `${id} waits; what is in work is still finished. "idiolect resume ${id}" lets it go on.`
  })
}

export function resumeCommand(surroundings: Surroundings): Command {
  return steering(surroundings, 'resume', async ({ store }, id) => {
    await store.setPaused(id, false)
    return `${id} goes on.`
  })
}

export function cancelCommand(surroundings: Surroundings): Command {
  return steering(surroundings, 'cancel', async (queues, id) => {
    await queues.store.end(id, 'cancelled', stages)
    await queues.clear(id)
    return `${id} is cancelled. What it had done stays in its folder; the command that began it goes on from there.`
  })
}

type Steer = (queues: Queues, id: string) => Promise<string>

function steering(surroundings: Surroundings, name: string, steer: Steer): Command {
  return new Command(name).argument('<run>', 'as "idiolect runs" lists it').action(async (id: string) => {
    const said = await withQueues(surroundings, async (queues) => {
      const { status } = await queues.store.get(id)
      if (!isUnderWay(status))
        throw new IdiolectError('usage', `run ${id} is ${status}; only a run under way can be told to ${name}`)
      return steer(queues, id)
    })
    surroundings.stdout.write(`${said}\n`)
  })
}
