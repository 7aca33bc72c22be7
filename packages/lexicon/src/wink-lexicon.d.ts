declare module 'wink-lexicon/src/wn-*-exceptions.js' {
  /** WordNet's irregular inflections, each with its base form; without a prototype. */
  const exceptions: Readonly<Record<string, string>>
  export default exceptions
}
