import type { TLSSocket } from 'node:tls'
import type { Basis } from './basis.ts'
import type { CloseCode, GateCode } from './codes.ts'
import type { ClientIdentity, ConnectionState } from './identity.ts'
import type { Approval } from './judge.ts'
import type { Usage } from './usage.ts'

/** What a gate knows of a connection beyond its standing. */
export interface Connection extends ConnectionState {
  readonly socket: TLSSocket
  /** `undefined` where the requested server name is not served. */
  readonly basis: Basis | undefined
  readonly chain: readonly Uint8Array[]
  /** A DNS name; `undefined` if the client sent none, or something else. */
  readonly serverName: string | undefined
  readonly remoteAddress: string | undefined
  readonly usage: Usage
  approval: Approval | undefined
  /** Why it was refused, for good. */
  refused: GateCode | undefined
  /** Why the gate is ending it. */
  closing: CloseCode | undefined
  /** The client as last identified, for hooks; `identity` is cleared when the connection is refused. */
  client: ClientIdentity | undefined
}
