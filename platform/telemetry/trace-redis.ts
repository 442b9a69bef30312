import type { Redis } from 'ioredis'
import { isTracing, startSpan } from './tracing.ts'

/** The same connection, each command of a request, job or event in a span without its arguments; as it is where nothing is traced. */
export function traceRedis(redis: Redis): Redis {
  if (!isTracing()) return redis
  const send = redis.sendCommand.bind(redis)
  redis.sendCommand = (command, stream) => {
    const name = command.name.toUpperCase()
    const attributes = () => ({ 'db.system.name': 'redis', 'db.operation.name': name })
    const span = startSpan(`Redis ${name}`, { kind: 'client', attributes })
    if (span !== undefined)
      command.promise.then(
        () => span.end(),
        (error: unknown) => span.end(error),
      )
    return send(command, stream)
  }
  return redis
}
