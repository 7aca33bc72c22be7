/** Whether a host name or address can only mean this machine. */
export function isLoopback(host: string): boolean {
  const name = host.toLowerCase().replace(/^\[(.*)\]$/, '$1')
  return name === 'localhost' || name === '::1' || /^127(\.\d{1,3}){3}$/.test(name)
}

/**
 * Whether the Host header of a request names this machine. A foreign name that resolves to it (DNS rebinding) would let
 * any web page read this one. The port is free, so that a forwarded one works.
 */
export function isLoopbackRequest(hostHeader: string | undefined): boolean {
  return hostHeader !== undefined && isLoopback(hostHeader.replace(/:\d+$/, ''))
}
