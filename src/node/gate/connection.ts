import type { TLSSocket } from 'node:tls'
import type { Basis } from './basis.ts'
import type { CloseCode, GateCode } from './codes.ts'
import type { ClientIdentity, ConnectionState } from './identity.ts'
import type { Approval } from './judge.ts'
import type { Usage } from './usage.ts'

/** The gate's record of a connection. */
export interface Connection extends ConnectionState {
  readonly socket: TLSSocket
  /** `undefined` if the gate does not serve the requested server name. */
  readonly basis: Basis | undefined
  readonly chain: readonly Uint8Array[]
  /** A DNS name. `undefined` if the client sent no valid one. */
  readonly serverName: string | undefined
  readonly remoteAddress: string | undefined
  readonly usage: Usage
  approval: Approval | undefined
  /** Why it was rejected, for good. */
  refused: GateCode | undefined
  /** Why the gate is ending it. */
  closing: CloseCode | undefined
  /** The last identity, for hooks: `identity` is cleared when the connection is rejected. */
  client: ClientIdentity | undefined
}
