import { once } from 'node:events'
import { connect as connectTcp, type Socket } from 'node:net'
import { performance } from 'node:perf_hooks'
import { vi } from 'vitest'
import type { AddressLimits, LimitName, MutualTls, MutualTlsOptions } from '../../src/node/index.ts'
import { ask, good, type Started, startGate, store } from './gate.ts'

/** A gate whose limits are tested with connections from several addresses. */

export const attacker: string = '192.0.2.1'
export const other: string = '198.51.100.1'

/** A gate whose connections come from the address in `from`. */
export async function startLimited(limits: AddressLimits, options: Partial<MutualTlsOptions> = {}): Promise<Started & From> {
  const from = { address: attacker }
  const clientAddress = (): string => from.address
  const started = await startGate({ truststore: store, limits, clientAddress, ...options } as MutualTlsOptions)
  return { ...started, from }
}

export interface From {
  /** Connections read it when they arrive. */
  readonly from: { address: string }
}

/**
 * Stops the clock that measures handshakes and refills allowances. Every handshake then counts once, however slow the machine
 * is. `vi.restoreAllMocks` starts it again.
 */
export function stopClock(): void {
  const now = performance.now()
  vi.spyOn(performance, 'now').mockReturnValue(now)
}

/** Whether a connection is closed before its handshake ends. */
export async function isTurnedAway(port: number): Promise<boolean> {
  return (await ask(port, good).catch(() => undefined)) === undefined
}

export async function openTcp(port: number): Promise<Socket> {
  const socket = connectTcp(port, '127.0.0.1')
  socket.on('error', () => undefined)
  await once(socket, 'connect')
  return socket
}

export const openMany = (port: number, count: number): Promise<Socket[]> =>
  Promise.all(Array.from({ length: count }, () => openTcp(port)))

/** Repeats an action, which must take less than a second, until the limit is reached. */
export async function untilLimited(limit: LimitName, gate: MutualTls, act: () => Promise<unknown>): Promise<void> {
  for (let i = 0; gate.counters().limited[limit] === undefined; i++) {
    if (i === 500) throw new Error(`${limit}: no limit`)
    await act()
  }
}
