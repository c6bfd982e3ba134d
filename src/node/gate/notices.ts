import type { NoFields } from '../../policy/fields.ts'
import { callSafely } from '../safely.ts'
import type { Connection } from './connections.ts'
import type { GateRejection, GateSettings } from './gate-options.ts'
import type { ClientIdentity } from './identity.ts'
import { type CloseCode, type GateCode, messageOf } from './refuse.ts'

/** The details of a rejection. */
export type RejectionDetails = Partial<Pick<GateRejection, 'message' | 'verdict' | 'error'>>

/** Defaults, so that a missing field is not read from a prototype. */
const nothing: NoFields<RejectionDetails> = { message: undefined, verdict: undefined, error: undefined }

type Listeners = { readonly [Name in 'onAccept' | 'onReject' | 'onClose']: GateSettings[Name] | undefined }

/** Calls the application's hooks. An exception becomes a process warning. */
export class Hooks {
  readonly #listeners: Listeners

  constructor(listeners: Listeners) {
    this.#listeners = listeners
  }

  accepted(identity: ClientIdentity): void {
    const { onAccept } = this.#listeners
    if (onAccept !== undefined) callSafely(onAccept, identity, 'onAccept of mutualTls', 'MutualTlsWarning')
  }

  /** @param from the connection, or only its address if nothing else is known */
  rejected(
    from: Connection | Pick<GateRejection, 'remoteAddress'>,
    code: GateCode,
    refused: GateRejection['refused'],
    details: RejectionDetails,
  ): void {
    const { onReject } = this.#listeners
    if (onReject === undefined) return
    const { message = messageOf(code), verdict, error } = { ...nothing, ...details }
    const { client, approval, serverName }: Partial<Connection> = from
    const rejection: GateRejection = {
      code,
      message,
      refused,
      identity: client,
      verdict: verdict ?? approval?.verdict,
      error,
      serverName,
      remoteAddress: from.remoteAddress,
    }
    callSafely(onReject, rejection, 'onReject of mutualTls', 'MutualTlsWarning')
  }

  closing({ client }: Connection, code: CloseCode): void {
    const { onClose } = this.#listeners
    if (onClose === undefined || client === undefined) return
    callSafely((identity: ClientIdentity) => onClose(identity, code), client, 'onClose of mutualTls', 'MutualTlsWarning')
  }
}
