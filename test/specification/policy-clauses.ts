import type { Call, Certificate, Key, KeyKind, KeyPurpose, KeyUsage } from './model.ts'
import { sameKey } from './model.ts'
import { isSelfIssued_6_1, sameName_7_1 } from './names.ts'

/** What the library's documentation adds to RFC 5280: the fields of `Policy`, the purposes, and which listed certificates count. */

const rsaBits: Readonly<Record<KeyKind, number | undefined>> = {
  p256: undefined,
  p384: undefined,
  p521: undefined,
  rsa1024: 1024,
  rsa2048: 2048,
  rsa3072: 3072,
  rsa4096: 4096,
}

const curveNames: Readonly<Record<KeyKind, string | undefined>> = {
  p256: 'P-256',
  p384: 'P-384',
  p521: 'P-521',
  rsa1024: undefined,
  rsa2048: undefined,
  rsa3072: undefined,
  rsa4096: undefined,
}

/** `Policy.minRsaBits`: an RSA key has at least as many bits. */
export function isLargeEnough_minRsaBits({ policy }: Call, { kind }: Key): boolean {
  return (rsaBits[kind] ?? Number.POSITIVE_INFINITY) >= policy.minRsaBits
}

/** `Policy.maxRsaBits`: an RSA key has at most as many bits. */
export function isSmallEnough_maxRsaBits({ policy }: Call, { kind }: Key): boolean {
  return (rsaBits[kind] ?? 0) <= policy.maxRsaBits
}

/** `Policy.curves`: an EC key is on one of them. */
export function isOnCurve_curves({ policy }: Call, { kind }: Key): boolean {
  const curve = curveNames[kind]
  return curve === undefined || (policy.curves as readonly string[]).includes(curve)
}

/** `Policy.hashes`: the signature uses one of them. */
export function hashIsAllowed_hashes({ policy }: Call, { hash }: Certificate): boolean {
  return (policy.hashes as readonly string[]).includes(hash)
}

/** `Policy.requireEku`: the leaf has an extendedKeyUsage that lists the purpose; for purpose `any` it may list any. */
export function namesPurpose_requireEku(
  { policy, purpose: role, keyPurpose: purpose = role }: Call,
  { extendedKeyUsage }: Certificate,
): boolean {
  if (!policy.requireEku) return true
  return extendedKeyUsage !== undefined && (purpose === 'any' || extendedKeyUsage.value.includes(purposeIds[purpose]))
}

const purposeIds: Readonly<Record<'client' | 'server', KeyPurpose>> = { client: 'clientAuth', server: 'serverAuth' }

/** RFC 5280 4.2.1.12: an extendedKeyUsage, on the leaf or on a CA above it, lists the purpose or anyExtendedKeyUsage. */
export function allowsPurpose_4_2_1_12(
  { purpose: role, keyPurpose: purpose = role }: Call,
  { extendedKeyUsage }: Certificate,
): boolean {
  if (extendedKeyUsage === undefined || purpose === 'any') return true
  return extendedKeyUsage.value.includes(purposeIds[purpose]) || extendedKeyUsage.value.includes('any')
}

/** `VerifyOptions.purpose`: the key purposes of which a path must allow one: in a transition, until its end, two. */
export function keyPurposes_purpose({ purpose, transitionEnd, at }: Call): readonly Call['purpose'][] {
  return transitionEnd !== undefined && at < transitionEnd ? [purpose, 'server'] : [purpose]
}

const handshakeUsages: Readonly<Record<'client' | 'server', readonly KeyUsage[]>> = {
  client: ['digitalSignature', 'keyAgreement'],
  server: ['digitalSignature', 'keyEncipherment', 'keyAgreement'],
}

/** RFC 5280 4.2.1.12, 4.2.1.3: a leaf's keyUsage has a bit that a handshake of the purpose uses. */
export function allowsHandshake_4_2_1_3({ purpose }: Call, { keyUsage }: Certificate): boolean {
  if (keyUsage === undefined || purpose === 'any') return true
  return handshakeUsages[purpose].some((usage) => keyUsage.value.includes(usage))
}

/** `Policy.maxChainLength`: CA certificates above the leaf, the anchor included: an issuer's index is its number among them. */
export function isShortEnough_maxChainLength({ policy }: Call, index: number): boolean {
  return index <= policy.maxChainLength
}

/** A certificate is self-signed if it is self-issued and its own key made the signature. */
export function isSelfSigned(certificate: Certificate): boolean {
  return isSelfIssued_6_1(certificate) && sameKey(certificate.signedBy, certificate.key)
}

/** `Policy.trust`: whether a listed certificate may end a path. */
export function mayEndPath_trust({ policy }: Call, certificate: Certificate): boolean {
  if (policy.trust === 'every-certificate' || isSelfSigned(certificate)) return true
  return policy.trust === 'every-ca' && certificate.basicConstraints?.value.ca === true
}

/** `Policy.version1Roots`: a self-signed anchor of version 1 may issue, unless every certificate is an anchor. */
export function mayIssue_version1Roots({ policy }: Call, anchor: Certificate): boolean {
  return policy.version1Roots && policy.trust !== 'every-certificate' && isSelfSigned(anchor) && anchor.version === 1
}

/** `Policy.trust`: a listed leaf needs no issuer if it is self-signed, or with `every-certificate`. */
export function isPinned_trust(call: Call, leaf: Certificate): boolean {
  const isListed = usable(call).some(({ serial }) => serial === leaf.serial)
  return isListed && (call.policy.trust === 'every-certificate' || isSelfSigned(leaf))
}

/**
 * `buildTruststore` leaves out what no path may use (docs/reference/lints.md, severity error). What is left here are the
 * listed certificates that a path may contain.
 */
export function usable(call: Call): readonly Certificate[] {
  const found = known.get(call) ?? findUsable(call)
  known.set(call, found)
  return found
}

/** Every path asks for them, so they are found once a call. */
const known = new WeakMap<Call, readonly Certificate[]>()

function findUsable(call: Call): readonly Certificate[] {
  const others = call.listed.filter((certificate) => isUsableAlone(call, certificate))
  return others.filter(
    (certificate) =>
      (isSelfSigned(certificate) || hashIsAllowed_hashes(call, certificate)) &&
      !claimsFalseSelfSignature(others, certificate) &&
      !isDisownedByNamedIssuer(call, others, certificate),
  )
}

function isUsableAlone(call: Call, certificate: Certificate): boolean {
  return (
    isLargeEnough_minRsaBits(call, certificate.key) &&
    isSmallEnough_maxRsaBits(call, certificate.key) &&
    isOnCurve_curves(call, certificate.key) &&
    isEverValid(certificate) &&
    hasName(certificate) &&
    (isSelfIssued_6_1(certificate) || hashIsAllowed_hashes(call, certificate)) &&
    (!call.policy.enforceAnchorConstraints || constraintsAreUsable(certificate))
  )
}

/** `validity_inverted`: the validity period ends after it begins. */
function isEverValid({ notBefore, notAfter }: Certificate): boolean {
  return notBefore <= notAfter
}

/** `ca_subject_empty`: a subject or, unless it is a CA, a subjectAltName. */
function hasName({ subject, subjectAltName, basicConstraints }: Certificate): boolean {
  return subject.length > 0 || (subjectAltName !== undefined && basicConstraints?.value.ca !== true)
}

/**
 * `bad_self_signature`: it names itself as its issuer, no key identifier names another key, and neither its own key signed it
 * nor another listed one of its name, as an older key of a CA signs the newer one.
 */
function claimsFalseSelfSignature(listed: readonly Certificate[], certificate: Certificate): boolean {
  const { authorityKeyId, signedBy } = certificate
  const claims = isSelfIssued_6_1(certificate) && (authorityKeyId === undefined || isNamedByKeyId(certificate, certificate))
  return claims && !listed.some((other) => sameName_7_1(other.subject, certificate.issuer) && sameKey(other.key, signedBy))
}

/** `signature_not_by_named_issuer`: the listed issuer that it names by name and key did not sign, and nothing else can help it. */
function isDisownedByNamedIssuer(call: Call, listed: readonly Certificate[], certificate: Certificate): boolean {
  const { authorityKeyId, issuer, signedBy } = certificate
  if (authorityKeyId === undefined || call.policy.trust !== 'roots' || isSelfSigned(certificate)) return false
  const named = listed.filter(({ subject }) => sameName_7_1(subject, issuer))
  const canBeIssued = call.policy.intermediates === 'presented' || named.some(({ key }) => sameKey(key, signedBy))
  return named.some((other) => isNamedByKeyId(certificate, other)) && !canBeIssued
}

/** 4.2.1.1: the authorityKeyIdentifier is the issuer's subjectKeyIdentifier. */
function isNamedByKeyId({ authorityKeyId }: Certificate, { key, subjectKeyId }: Certificate): boolean {
  return authorityKeyId !== undefined && subjectKeyId !== undefined && sameKey(authorityKeyId.value, key)
}

/** Without `enforceAnchorConstraints` an anchor is a name and a key: then these rules leave nothing out. */
function constraintsAreUsable({ basicConstraints, keyUsage, unknown }: Certificate): boolean {
  const isCa = basicConstraints?.value.ca === true
  return unknown?.critical !== true && (keyUsage === undefined || keyUsage.value.includes('keyCertSign') === isCa)
}
