import type { ServerResponse } from 'node:http'

/** The gate's `endTimeoutMs`: how long an unfinished response may delay the end of its connection. */
export const endTimeoutMs = 200

/** One second to notice the new truststore, plus the time for the response, doubled for a busy machine. */
const longestMs = 2 * (1000 + endTimeoutMs)

interface Stay {
  readonly number: number
  /** When the client's CA was removed. */
  unlisted: number | undefined
}

/** The connections that clients keep open, as seen by the server, and when their CAs were removed. */
export class Stays {
  private readonly stays = new Set<Stay>()
  private readonly counts = new Map<string, number>()
  private isListed: (number: number) => boolean = () => true

  /** Counts the result of a connection that a client wants to keep open. */
  count(serverName: string | undefined, code: string): void {
    if (serverName?.startsWith('s') === true) this.counts.set(code, this.counted(code) + 1)
  }

  counted(code: string): number {
    return this.counts.get(code) ?? 0
  }

  open(number: number, response: ServerResponse): void {
    const stay: Stay = { number, unlisted: this.isListed(number) ? undefined : performance.now() }
    this.stays.add(stay)
    response.writeHead(200).write('here')
    response.on('close', () => this.stays.delete(stay))
  }

  swapped(isListed: (number: number) => boolean): void {
    this.isListed = isListed
    for (const stay of this.stays) stay.unlisted = isListed(stay.number) ? undefined : (stay.unlisted ?? performance.now())
  }

  /** Reports connections that should have been closed, each once. */
  overdue(): readonly string[] {
    const now = performance.now()
    const overdue = [...this.stays].filter(({ unlisted }) => unlisted !== undefined && now - unlisted > longestMs)
    for (const stay of overdue) this.stays.delete(stay)
    return overdue.map(
      ({ number, unlisted }) => `client ${number}: still open ${(now - unlisted!).toFixed(0)} ms after its CA was removed`,
    )
  }
}

/** The number of the client in a server name: `c` for one request, `s` to keep the connection open. */
export function numberOf(serverName: string | undefined): number {
  return Number(/^[cs](\d+)\.soak\.example$/.exec(serverName ?? '')?.[1] ?? Number.NaN)
}
