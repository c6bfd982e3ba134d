import { tlv } from './der.ts'

/** PKCS #7 files of signed data, well-formed and bent, in DER or with indefinite lengths as Windows writes them. */

const signedDataOid = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x02]
const dataOid = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x01]

export interface Pkcs7Spec {
  readonly certificates?: readonly Uint8Array[]
  readonly lists?: readonly Uint8Array[]
  /** Whether the wrapping has indefinite lengths. */
  readonly isIndefinite?: boolean
  /** Signed content, in place of none. */
  readonly content?: Uint8Array
  readonly signerInfos?: readonly Uint8Array[]
  /** Content octets of the content type's OID. */
  readonly type?: readonly number[]
}

/** An element of indefinite length. */
export function indefinite(tag: number, ...content: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat([Buffer.of(tag, 0x80), ...content, Buffer.of(0, 0)])
}

/** ContentInfo with SignedData (RFC 2315 7 and 9.1). */
export function pkcs7({
  certificates,
  lists,
  isIndefinite = false,
  content,
  signerInfos = [],
  type = signedDataOid,
}: Pkcs7Spec): Uint8Array {
  const wrap = isIndefinite ? indefinite : tlv
  const inner = content === undefined ? [] : [wrap(0xa0, content)]
  const data = wrap(
    0x30,
    tlv(0x02, [1]),
    tlv(0x31),
    wrap(0x30, tlv(0x06, dataOid), ...inner),
    ...(certificates === undefined ? [] : [wrap(0xa0, ...certificates)]),
    ...(lists === undefined ? [] : [wrap(0xa1, ...lists)]),
    tlv(0x31, ...signerInfos),
  )
  return wrap(0x30, tlv(0x06, type), wrap(0xa0, data))
}
