/** A model can be named by a URL, and a URL can hold a password. */
export function withoutCredentials(text: string): string {
  return text.replace(/\/\/[^/@\s]*@/g, '//')
}
