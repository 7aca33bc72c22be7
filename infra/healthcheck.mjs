/**
 * The image's health check: exit 0 where the process of this container says at /healthz that it is well, otherwise 1 with what it says.
 * Asks the port of the argument, or else that of a worker and, where nothing listens there, that of a dashboard. Plain JavaScript,
 * since it runs in every container each 20 s: 50 ms, and half a second more with the loader of TypeScript.
 */
const { IDIOLECT_METRICS_PORT = '9464', IDIOLECT_DASHBOARD_PORT = '8080' } = process.env
const [given] = process.argv.slice(2)
const ports = given === undefined ? [IDIOLECT_METRICS_PORT, IDIOLECT_DASHBOARD_PORT] : [given]

for (const port of ports) {
  try {
    const answer = await fetch(`http://127.0.0.1:${port}/healthz`, { signal: AbortSignal.timeout(5_000) })
    console.log((await answer.text()).trim())
    process.exit(answer.ok ? 0 : 1)
  } catch (error) {
    console.error(`Port ${port}: ${error.cause?.code ?? error.name}`)
  }
}
process.exit(1)
