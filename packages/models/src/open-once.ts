/** Things that are opened when they are first asked for, once a key, and closed together. */
export type OpenOnce<T> = {
  /** Opens again where opening failed the last time. */
  get(key: string): Promise<T>
  close(): Promise<void>
}

export function openOnce<T extends { close(): Promise<void> } | null>(open: (key: string) => Promise<T>): OpenOnce<T> {
  const opened = new Map<string, Promise<T>>()
  return {
    get(key) {
      const known = opened.get(key)
      if (known !== undefined) return known
      const opening = open(key)
      opened.set(key, opening)
      opening.catch(() => opened.delete(key))
      return opening
    },
    async close() {
      const closing = [...opened.values()].map((opening) => opening.then((one) => one?.close()))
      opened.clear()
      await Promise.allSettled(closing)
    },
  }
}
