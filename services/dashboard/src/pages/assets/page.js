// The server renders; this only puts what it sends in place of what stands there, and keeps focus, selection and open
// details by changing no more than differs.

const live = document.getElementById('live')
const link = document.getElementById('link')
const csrf = document.querySelector('meta[name=csrf]')?.content
const reconnectMs = 3000

let source
let reconnect

function open() {
  clearTimeout(reconnect)
  source?.close()
  source = new EventSource(`/events?page=${encodeURIComponent(live.dataset.live)}`)
  source.addEventListener('page', ({ data }) => {
    const { title, markup } = JSON.parse(data)
    const template = document.createElement('template')
    template.innerHTML = markup
    document.title = title
    morphChildren(live, template.content)
    signForms()
  })
  source.addEventListener('charts', ({ data }) => {
    document.dispatchEvent(new CustomEvent('charts', { detail: JSON.parse(data) }))
  })
  source.onopen = () => show('live')
  source.onerror = () => {
    show('reconnecting')
    // The browser tries again by itself, but not after an answer that is no event stream.
    if (source.readyState === EventSource.CLOSED) reconnect = setTimeout(open, reconnectMs)
  }
}

// A browser allows six connections to a host: tabs that nobody sees give theirs back.
function followVisibility() {
  if (!document.hidden) return open()
  clearTimeout(reconnect)
  source?.close()
}

function show(state) {
  if (link.dataset.state === state) return
  link.textContent = state
  link.dataset.state = state
}

// What is sent is the same for everybody; the token of the forms is this visitor's own.
function signForms() {
  for (const field of live.querySelectorAll('input[name=csrf]')) field.value = csrf ?? ''
}

function morphChildren(from, to) {
  const wanted = [...to.childNodes]
  wanted.forEach((node, index) => {
    const keyed = node.id ? [...from.children].find((child) => child.id === node.id) : undefined
    const here = from.childNodes[index]
    const match = keyed ?? here
    if (match === undefined) from.append(node)
    else if (match.nodeName !== node.nodeName || (match.id ?? '') !== (node.id ?? '')) from.insertBefore(node, here)
    else {
      if (match !== here) from.insertBefore(match, here)
      morph(match, node)
    }
  })
  while (from.childNodes.length > wanted.length) from.lastChild.remove()
}

function morph(from, to) {
  if (from.nodeType !== Node.ELEMENT_NODE) {
    if (from.nodeValue !== to.nodeValue) from.nodeValue = to.nodeValue
    return
  }
  if ('keep' in to.dataset) return
  for (const { name, value } of to.attributes) {
    if (from.getAttribute(name) !== value) from.setAttribute(name, value)
  }
  for (const { name } of [...from.attributes]) {
    const openedByHand = name === 'open'
    if (!to.hasAttribute(name) && !openedByHand) from.removeAttribute(name)
  }
  morphChildren(from, to)
}

if (live !== null) {
  document.addEventListener('visibilitychange', followVisibility)
  followVisibility()
}
