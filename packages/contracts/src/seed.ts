import { createHash } from 'node:crypto'

/** DESIGN "The pipeline" 7: H(run seed, record id, stage), the first 32 bits of SHA-256 as an unsigned number. */
export function seedFor(runSeed: number, recordId: string, stage: string): number {
  return createHash('sha256')
    .update(JSON.stringify([runSeed, recordId, stage]))
    .digest()
    .readUInt32BE(0)
}
