import type { Socket } from 'node:net'
import { type NoFields, readFields } from '../../policy/fields.ts'
import { numberOption } from '../source/options.ts'
import { AddressRanges } from './address.ts'

/**
 * What one address may take of a server. Every limit may be `Infinity`. The defaults are for an address that thousands of
 * clients share behind a NAT.
 */
export interface AddressLimits {
  /** Open connections. Default 10,000. */
  readonly open?: number
  /** New connections a second, on average over ten seconds. Default 500. */
  readonly handshakesPerSecond?: number
  /** Handshakes that have begun and not ended. Default 500. */
  readonly unfinished?: number
  /**
   * Handshakes a second that come to nothing, on average over four seconds: refused, failed, given up. Default 25. An address
   * none of whose clients was let in during the last minute has a quarter of that at once. One
   * that keeps the server busy for more than three milliseconds counts (ms / 3)² times, since others wait by the square.
   */
  readonly refusedPerSecond?: number
  /** Refused connections that are still being answered; others are closed without an answer. Default 100. */
  readonly lingering?: number
  /** Addresses and CIDR ranges without limits: the balancers in front of the server. */
  readonly exempt?: readonly string[]
}

/** Where a connection comes from, as an IP address. It is asked before TLS begins. `undefined`: the socket's remote address. */
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

/** @returns `undefined` where there are to be no limits */
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
