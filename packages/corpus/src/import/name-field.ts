import type { Fault } from '../rejects.ts'

/** A reason begins with the name of the field at fault: `userId is empty` becomes `reviewerID is empty`. */
export function nameField({ code, reason }: Fault, names: Readonly<Record<string, string | undefined>>): Fault {
  return { code, reason: reason.replace(/^\w+/, (name) => names[name] ?? name) }
}
