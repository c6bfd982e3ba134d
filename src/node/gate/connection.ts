import type { TLSSocket } from 'node:tls'
import type { Basis } from './basis.ts'
import type { CloseCode, GateCode } from './codes.ts'
import type { ClientIdentity, Standing } from './identity.ts'
import type { Approval } from './judge.ts'
import type { Usage } from './usage.ts'

/** What a gate knows of a connection beyond its standing. */
export interface Connection extends Standing {
  readonly socket: TLSSocket
  /** `undefined` where the name that the client asked for is not served. */
  readonly basis: Basis | undefined
  readonly chain: readonly Uint8Array[]
  /** A DNS name, or `undefined` where the client asked for none or for what is none. */
  readonly serverName: string | undefined
  readonly remoteAddress: string | undefined
  readonly usage: Usage
  approval: Approval | undefined
  /** Why it was refused, for good. */
  refused: GateCode | undefined
  /** Why it is being ended. */
  closing: CloseCode | undefined
  /** Who it was found to be, for those who are told of it: a connection that is refused has no identity any more. */
  client: ClientIdentity | undefined
}
