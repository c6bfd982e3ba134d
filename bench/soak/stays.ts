import type { ServerResponse } from 'node:http'

/** How long a response that goes on may do so when its connection is ended, in milliseconds. */
export const endTimeoutMs = 200

/** A second until a swap is noticed, the response that goes on, and as much again for a busy machine. */
const longestMs = 2 * (1000 + endTimeoutMs)

interface Stay {
  readonly number: number
  /** Since when the client's CA is no longer listed. */
  unlisted: number | undefined
}

/** Connections that are kept open, as the server sees them, and how long they have outlived the trust in their clients. */
export class Stays {
  private readonly stays = new Set<Stay>()
  private readonly counts = new Map<string, number>()
  private isListed: (number: number) => boolean = () => true

  /** What became of a connection; only those that are to be kept open are counted. */
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

  /** Those that should have ended, each once. */
  overdue(): readonly string[] {
    const now = performance.now()
    const overdue = [...this.stays].filter(({ unlisted }) => unlisted !== undefined && now - unlisted > longestMs)
    for (const stay of overdue) this.stays.delete(stay)
    return overdue.map(
      ({ number, unlisted }) => `client ${number}: still open ${(now - unlisted!).toFixed(0)} ms after its CA went`,
    )
  }
}

/** Which client asks for a name of this kind: `c` for one request, `s` to stay. */
export function numberOf(serverName: string | undefined): number {
  return Number(/^[cs](\d+)\.soak\.example$/.exec(serverName ?? '')?.[1] ?? Number.NaN)
}
