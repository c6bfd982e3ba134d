import { mintCrl } from '../support/mint.ts'
import { keyIdOfKey, keyPairOf, pointSpec, ShortMemory } from './encode.ts'
import type { ListEntry, ListScope, RevocationList } from './list-model.ts'

/** The lists of the model as DER. */

const unknownExtension = { oid: '1.3.6.1.4.1.99999.3', critical: true, value: Uint8Array.of(5, 0) }

const encoded = new ShortMemory<Uint8Array>()

export function listDer(list: RevocationList): Uint8Array {
  return encoded.get(JSON.stringify(list), () => signedList(list))
}

function signedList(list: RevocationList): Uint8Array {
  const { issuer, signedBy, hash, authorityKeyId, thisUpdate, nextUpdate, number = null, deltaBase, scope, entries } = list
  return mintCrl({
    issuer: { key: keyPairOf(signedBy), subject: issuer, keyId: authorityKeyId && keyIdOfKey(authorityKeyId) },
    hash,
    thisUpdate: new Date(thisUpdate),
    nextUpdate: nextUpdate === undefined ? null : new Date(nextUpdate),
    crlNumber: number,
    ...(deltaBase !== undefined && { deltaBase }),
    ...(scope !== undefined && { idp: scopeSpec(scope) }),
    extensions: list.unknownCritical === true ? [unknownExtension] : [],
    revoked: entries.map((entry) => entrySpec(entry, thisUpdate)),
  }).der
}

function scopeSpec({ point, only, reasons, indirect }: ListScope): NonNullable<Parameters<typeof mintCrl>[0]['idp']> {
  return {
    ...pointSpec(point),
    onlyContainsUserCerts: only === 'users',
    onlyContainsCaCerts: only === 'authorities',
    onlyContainsAttributeCerts: only === 'attributes',
    ...(reasons !== undefined && { onlySomeReasons: reasons }),
    indirect: indirect === true,
  }
}

function entrySpec(
  { serial, reason, certificateIssuer, unknownCritical }: ListEntry,
  thisUpdate: number,
): NonNullable<Parameters<typeof mintCrl>[0]['revoked']>[number] {
  return {
    serial: BigInt(serial),
    date: new Date(thisUpdate),
    ...(reason !== undefined && { reason }),
    ...(certificateIssuer !== undefined && { certificateIssuer }),
    ...(unknownCritical !== undefined && { critical: true }),
  }
}
