/**
 * The reasons why bytes cannot be parsed. A parser reports one of these codes, a message and the byte offset of the fault
 * (for PEM, the offset of the bad block).
 */
const sentences = {
  empty_input: 'the input is empty',
  truncated: 'the input ends inside this element',
  unexpected_tag: 'this element is not expected here',
  high_tag_number: 'tag numbers above 30 do not occur in X.509',
  indefinite_length: 'DER forbids indefinite lengths (X.690 10.1)',
  non_minimal_length: 'DER requires the shortest length form (X.690 10.1)',
  trailing_bytes: 'extra bytes at the end of this element',
  bad_boolean: 'a DER BOOLEAN is the single byte 00 or FF (X.690 11.1)',
  bad_integer: 'not a DER INTEGER in the allowed range (X.690 8.3)',
  bad_bit_string: 'not a DER BIT STRING of the allowed form (X.690 8.6, 11.2)',
  bad_oid: 'not a DER OBJECT IDENTIFIER (X.690 8.19)',
  bad_null: 'a NULL has no content (X.690 8.8)',
  bad_time: 'not a UTCTime YYMMDDHHMMSSZ or GeneralizedTime YYYYMMDDHHMMSSZ of a real date (RFC 5280 4.1.2.5)',
  bad_string: 'a character is not allowed in a string of this type',
  bad_address: 'an IP address has 4 or 16 bytes, a subnet 8 or 32 with a contiguous mask (RFC 5280 4.2.1.6, 4.2.1.10)',
  default_encoded: 'DER forbids encoding a default value (X.690 11.5)',
  empty_sequence: 'at least one element is required here',
  bad_version: 'X.509 versions are 1 (omitted), 2 and 3; CRLs have version 2',
  fields_need_version: 'unique identifiers need version 2 or 3, extensions version 3 (RFC 5280 4.1)',
  duplicate_extension: 'an extension occurs twice (RFC 5280 4.2)',
  bad_policy: 'a policy occurs twice, or anyPolicy has a forbidden qualifier (RFC 5280 4.2.1.4)',
  too_large: 'larger than this library supports',
  too_many: 'more elements than this library supports',
  too_deep: 'nested deeper than this library supports',
  pem_missing: 'no PEM block of the expected kind',
  pem_multiple: 'more than one PEM block where one is expected',
  pem_unterminated: 'the PEM block has no matching END line',
  pem_bad_base64: 'the PEM block is not base64 (RFC 4648, with padding)',
} as const

/** A fault in the syntax of an input: DER (X.690), PEM (RFC 7468) or the ASN.1 structures of RFC 5280. */
export type ParseCode = keyof typeof sentences

/** The result of a parser: the value, or the first fault and its offset. Parsers never throw on bad bytes. */
export type ParseResult<T> =
  | { readonly ok: true; readonly value: T }
  | {
      readonly ok: false
      readonly code: ParseCode
      readonly message: string
      readonly offset: number
      /** The element at fault, by its ASN.1 name: `nameConstraints`. */
      readonly element: string
    }

/** All codes, for `portcullis explain`. */
export const parseCodes = /* @__PURE__ */ Object.keys(sentences) as readonly ParseCode[]

/** The message of a code, without element and offset. */
export function parseSentence(code: ParseCode): string {
  return sentences[code]
}

export function parseFault(code: ParseCode, offset: number, element: string, detail?: string): ParseResult<never> {
  const message = `${element}: ${detail ?? sentences[code]} (byte ${offset})`
  return { ok: false, code, message, offset, element: element }
}
