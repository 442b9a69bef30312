import { type DestinationStream, type Logger as PinoLogger, pino } from 'pino'

/** A structured logger: one JSON object a line. */
export type Logger = PinoLogger

// Whatever field carries one of these, at the root or one level down, is written as [redacted]. Card numbers never get
// this far: payments refuses them at its edge. A test greps every log of the suite.
const SECRET_FIELDS = [
  'authorization',
  'password',
  'accessToken',
  'refreshToken',
  'token',
  'cookie',
  'newPassword',
  'currentPassword',
  'clientSecret',
  'secret',
  'signingKey',
  'privateKey',
  'cardNumber',
  'cvc',
]

/** A logger for one process. `destination` is for tests; standard output unless given. */
export function createLogger(options: { service: string; level: string; destination?: DestinationStream }): Logger {
  const settings = {
    level: options.level,
    base: { service: options.service },
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: (label: string) => ({ level: label }) },
    redact: { paths: SECRET_FIELDS.flatMap((field) => [field, `*.${field}`, `*.*.${field}`]), censor: '[redacted]' },
  }
  return pino(settings, options.destination ?? standardOutput())
}

// Not pino's own destination: when its reader is gone, that one tries for ever to write what is left at exit (flushSync of
// sonic-boom 4), and an orphan stays. A log that nobody reads must not keep a service from its work, or from ending.
function standardOutput(): DestinationStream {
  if (!process.stdout.listeners('error').includes(onBrokenPipe)) process.stdout.on('error', onBrokenPipe)
  return { write: (line) => void process.stdout.write(line) }
}

function onBrokenPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE' && error.code !== 'ECONNRESET') throw error
}
