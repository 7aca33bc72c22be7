/** METHOD "The task": a document as one text, for context, snippets, embedding and BM25 alike. */
export function documentText(document: { title: string; text: string }): string {
  return document.title === '' ? document.text : `${document.title}\n${document.text}`
}
