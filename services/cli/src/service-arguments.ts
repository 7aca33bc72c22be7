import { fileURLToPath } from 'node:url'

/** Node's arguments to run a service's own `main.ts`, from any working directory. */
export function serviceArguments(service: string): string[] {
  return ['--import', import.meta.resolve('tsx'), fileURLToPath(import.meta.resolve(`@idiolect/${service}/main`))]
}
