/** `Re:`, `Fwd:` and their numbered and foreign forms, and the tags that lists put in: software wrote them, not a person. */
const prefix = /^\s*(?:(?:re|fwd?|aw|wg|sv|vs|antw|ref|tr|rv)(?:\[\d+\]|\(\d+\)|\^\d+)?\s*[:：]|\[[^\]]{1,40}\])\s*/i

/**
 * A subject as a title, without the prefixes of replies and lists. In a reply the words are those of whoever began the thread: they
 * are kept, for they say what the text is about.
 */
export function titleOf(subject: string): string {
  let title = subject.replaceAll(/\s+/g, ' ').trim()
  for (let next = title.replace(prefix, ''); next !== title; next = title.replace(prefix, '')) title = next
  return title.trim()
}
