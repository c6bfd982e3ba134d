import type { Socket } from 'node:net'
import { type NoFields, readFields } from '../../policy/fields.ts'
import { numberOption } from '../source/options.ts'
import { AddressRanges } from './address.ts'

/**
 * How much of a server one address may use. Every limit may be `Infinity`. The defaults suit an address that thousands of
 * clients share behind a NAT.
 */
export interface AddressLimits {
  /** Open connections. Default 10,000. */
  readonly open?: number
  /** New connections per second, averaged over ten seconds. Default 500. */
  readonly handshakesPerSecond?: number
  /** Handshakes in progress. Default 500. */
  readonly unfinished?: number
  /**
   * Rejected, failed or abandoned handshakes per second, averaged over four seconds. Default 25. An address with no accepted
   * client in the last minute gets only a quarter of that at once. A handshake that keeps the server busy for more than three
   * milliseconds counts (ms / 3)² times, because the delay for other clients grows with the square.
   */
  readonly refusedPerSecond?: number
  /** Rejected connections that are being answered. Beyond that, they are closed without an answer. Default 100. */
  readonly lingering?: number
  /** Addresses and CIDR ranges without limits, such as your load balancers. */
  readonly exempt?: readonly string[]
}

/** Returns the client's IP address. Called before TLS begins. `undefined`: use the socket's remote address. */
export type ClientAddress = (socket: Socket) => string | undefined

/** The limits with their defaults. */
export type Limits = Required<Omit<AddressLimits, 'exempt'>> & { readonly exempt: AddressRanges }

const noLimits: NoFields<AddressLimits> = {
  open: undefined,
  handshakesPerSecond: undefined,
  unfinished: undefined,
  refusedPerSecond: undefined,
  lingering: undefined,
  exempt: undefined,
}

/** @returns `undefined` if limits are off */
export function readLimits(what: string, limits: AddressLimits | false | undefined): Limits | undefined {
  if (limits === false) return undefined
  const given = limits === undefined ? noLimits : readFields<AddressLimits>(`${what}: options.limits`, limits, noLimits)
  const { exempt = [] } = given
  if (!Array.isArray(exempt)) throw new TypeError(`${what}: options.limits.exempt must be an array of addresses and CIDR ranges`)
  const limit = (name: Exclude<keyof AddressLimits, 'exempt'>, otherwise: number): number =>
    numberOption(what, `limits.${name}`, given[name], otherwise, 1, Infinity)
  return {
    open: limit('open', 10_000),
    handshakesPerSecond: limit('handshakesPerSecond', 500),
    unfinished: limit('unfinished', 500),
    refusedPerSecond: limit('refusedPerSecond', 25),
    lingering: limit('lingering', 100),
    exempt: new AddressRanges(exempt, `${what}: options.limits.exempt`),
  }
}
