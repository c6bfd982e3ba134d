import { edits, type Mutation } from './mutation.ts'
import { revocationMutations } from './mutations-revocation.ts'

/**
 * Checks that a verdict depends on, and edits that remove them. `npm run specification:mutations` makes each edit in a copy of
 * `src`, one at a time, and demands that the equivalence fails.
 *
 * Not in the list, because no verdict changes without them:
 * - In `Search.run`, that the path of a CRL signer is not the signer alone. A self-signed one is the anchor, which is judged before.
 * - In `SameSubjectGroup.signersOf`, that the own key of a self-issued certificate is tried early. It protects from crafted keys that
 *   fit the signature of another one. The model has none.
 * - In `refuseLeafAlgorithm`, that the listed leaf is self-signed. `buildTruststore` leaves out all others with weak hashes.
 */

const checks = edits('path/certificate-checks.ts', [
  [
    'the dates of a leaf',
    `refuseContradiction(leaf) ??
    refuseDates(leaf, parameters) ??`,
    'refuseContradiction(leaf) ??',
  ],
  ['critical extensions of a leaf', "refuseCriticalExtension(leaf, parameters.listsFor !== 'none') ??"],
  ['extendedKeyUsage of a leaf', 'refuseLeafPurpose(leaf, parameters) ??'],
  ['keyUsage of a leaf', 'refuseLeafKeyUsage(leaf, parameters.purpose) ??'],
  ['the key of a leaf', 'refuseKey(parameters.policy, leaf) ??'],
  ['the signature algorithm of a leaf', 'refuseLeafAlgorithm(leaf, parameters, store) ??'],
  ['conformance of a leaf', "refuseProfile(parameters.policy, leaf, 'leaf')", 'undefined'],
  [
    'the dates of an intermediate',
    `refuseContradiction(certificate) ??
    refuseDates(certificate, parameters) ??`,
    'refuseContradiction(certificate) ??',
  ],
  [
    'critical extensions of an intermediate',
    `refuseCriticalExtension(certificate, parameters.listsFor === 'chain') ??
    refuseCaPurpose(certificate, parameters.keyPurpose) ??`,
    'refuseCaPurpose(certificate, parameters.keyPurpose) ??',
  ],
  ['extendedKeyUsage of an intermediate', 'refuseCaPurpose(certificate, parameters.keyPurpose) ??'],
  ['that an intermediate is a CA', 'refuseAsCa(certificate) ??'],
  [
    'the key of an intermediate',
    `refuseKey(parameters.policy, certificate) ??
    refuseAlgorithm(parameters.policy, certificate.parsedAlgorithm, certificate.algorithm) ??
    refuseProfile`,
    'refuseAlgorithm(parameters.policy, certificate.parsedAlgorithm, certificate.algorithm) ??\n    refuseProfile',
  ],
  [
    'the signature algorithm of an intermediate',
    `refuseAlgorithm(parameters.policy, certificate.parsedAlgorithm, certificate.algorithm) ??
    refuseProfile`,
    'refuseProfile',
  ],
  ['conformance of an intermediate', "refuseProfile(parameters.policy, certificate, 'intermediate')", 'undefined'],
  ['the dates of an anchor', '(policy.checkAnchorValidity ? refuseDates(anchor, parameters) : undefined) ??'],
  ['that checkAnchorValidity may be false', '(policy.checkAnchorValidity ? refuseDates', '(true ? refuseDates'],
  ['extendedKeyUsage of an anchor', 'refuseCaPurpose(anchor, parameters.keyPurpose) ??'],
  ['that an anchor is a CA', 'refuseAsCa(anchor))', 'undefined)'],
  ['critical extensions of an anchor', 'refuseCriticalExtension(anchor, false) ??'],
  [
    'that nobody asks lists about an anchor',
    'refuseCriticalExtension(anchor, false)',
    "refuseCriticalExtension(anchor, parameters.listsFor === 'chain')",
  ],
  ['critical extensions of a signer', 'refuseCriticalExtension(signer, true) ??'],
  ['the dates of a signer', 'refuseDates(signer, parameters) ??'],
  ['conformance of an anchor', "refuseProfile(policy, anchor, 'anchor')", 'undefined'],
  ['notAfter', 'at >= certificate.notAfterTime + 1000', 'false'],
  ['the last second of the validity period', 'at >= certificate.notAfterTime + 1000', 'at >= certificate.notAfterTime'],
  ['notBefore', 'at < certificate.notBeforeTime', 'false'],
  ['requireEku', 'if (!policy.requireEku) return undefined', 'return undefined'],
  ['that requireEku wants the purpose itself', 'policy.requireEku ? wanted : wanted | PurposeBit.any', 'wanted | PurposeBit.any'],
  ['keyCertSign of a CA', '(ca.keyUsageBits & KeyUsageBit.keyCertSign) === 0 && ca.isCa', 'false'],
])

const transition = [
  ...edits('path/verify.ts', [
    ['a transition', "if (asServer.ok) return { ...asServer, purpose: 'server' }", 'if (asServer.ok) return verdict'],
    [
      'that a transition keeps the rules for clients',
      "{ ...request, keyPurpose: 'server' }",
      "{ ...request, purpose: 'server', keyPurpose: 'server' }",
    ],
    [
      'that a path must allow one purpose as a whole',
      "{ ...request, keyPurpose: 'server' }",
      "{ ...request, keyPurpose: 'any' }",
    ],
  ]),
  ...edits('policy/purpose.ts', [
    ['the end of a transition', 'at < until', 'true'],
    ['that a transition ends when its date begins', 'at < until', 'at <= until'],
  ]),
]

const search = edits('path/search.ts', [
  ['maxChainLength', 'if (depth > policy.maxChainLength) {', 'if (depth > 1000) {'],
  ['signatures', 'if (canVerify && !this.#isIssuer(issuer)) return undefined'],
  ['path lengths', '(hasLength ? refusePathLength(issuer) : undefined)', 'undefined'],
  ['that an anchor has no path length without enforceAnchorConstraints', '!isAnchor || policy.enforceAnchorConstraints', 'true'],
  ['that a CA refused as an anchor may be an intermediate', 'if (!isAnchor) return undefined', 'return undefined'],
  ['that self-issued CAs do not count', 'if (!link.certificate.isSelfIssued) count++', 'count++'],
  [
    'that only anchors end a path',
    'return node !== undefined && isTrustAnchor(node, this.#call.store.policy)',
    'return node !== undefined',
  ],
  ['that only pinned leaves need no issuer', "this.#call.store.policy.trust === 'every-certificate'", 'true'],
  [
    'that a leaf is pinned only if it is listed and self-signed',
    'mayBePinned && node?.isSelfSigned === true',
    'mayBePinned && node !== undefined',
  ],
  [
    'checks of an anchor below another',
    '(refuseIntermediate(certificate, this.#call.request) ?? refusePathLength(issuer))',
    'undefined',
  ],
  [
    'presented intermediates',
    'for (const certificate of this.#call.presented.issuersOf(child))',
    'for (const certificate of [] as CertificateView[])',
  ],
  ['backtracking', 'if (path !== undefined) return path\n      if', 'return path\n      if'],
])

const presented = edits('path/call.ts', [
  ['that a subject with its key is on a path once', 'if (!a.hasKeyOf(b)) return false', 'return false'],
  ['names of presented issuers', 'this.#bySubject.get(signed.issuerKey) ?? none', '[...this.#groups.keys()]'],
  ['signatures by keys that are not listed', 'return key !== undefined && child.isSignedBy(key)', 'return key !== undefined'],
])

const complete = edits('path/complete.ts', [
  ['critical extensions of a pinned leaf', 'if (refusal !== undefined) return { ...refusal, index: 0 }'],
  ['that every certificate on the path of a signer is checked', ", listsFor: 'chain' }", ' }'],
  [
    'maxChainLength of the path of a signer',
    'maxChainLength: Number.POSITIVE_INFINITY',
    'maxChainLength: request.policy.maxChainLength',
  ],
  ['the purpose of the path of a signer', "purpose: 'any', keyPurpose: 'any', listsFor", 'listsFor'],
  ['checks of a signer by itself', 'if (refuseListSigner(signer, request) !== undefined) return\n'],
  ['names of signers', 'this.#refuseNames(path) ?? (accepts', '(accepts'],
  ['that a signer needs an issuer', 'search.run(signer, false)', 'search.run(signer)'],
  ['revocation', ' ?? this.#revocation?.(path)'],
  ['name constraints', 'this.#refuseNames(path, true) ?? '],
  ['certificate policies', ' ?? this.#refusePolicies(path)'],
  ['that constraints of an anchor may not count', 'this.#call.request.policy.enforceAnchorConstraints, reader', 'true, reader'],
  ['that policies of an anchor may not count', 'policy.enforceAnchorConstraints, policies', 'true, policies'],
])

const names = [
  ...edits('path/names/name-constraints.ts', [
    ['that self-issued intermediates are exempt', 'if (below > 0 && certificate.isSelfIssued) continue'],
    ['that a self-issued leaf is not', 'below > 0 && certificate.isSelfIssued', 'certificate.isSelfIssued'],
    ['excluded subtrees', '(problemWith(name, without) ?? problemWith(name, within))', 'problemWith(name, within)'],
    ['permitted subtrees', '(problemWith(name, without) ?? problemWith(name, within))', 'problemWith(name, without)'],
    ['common names of clients', 'return [...names, ...commonNamesOf(leaf, names)]', 'return names'],
  ]),
  ...edits('path/names/subtrees.ts', [
    ['the subject', 'names.push(new ConstrainedName(GeneralNameTag.directory, certificate.subjectName))'],
    ['e-mail addresses in the subject', '...attributeNames(certificate, emailAddress, GeneralNameTag.email)'],
    [
      'that incomparable names are rejected',
      'if (name.host === undefined) return undefined',
      'if (name.host === undefined) return this.isExcluded ? false : true',
    ],
    [
      'that unknown forms are rejected',
      'if (this.incomparable !== undefined) return undefined',
      'if (this.incomparable !== undefined) return !this.isExcluded',
    ],
    ['that a wildcard reaches an excluded host', "this.isExcluded && host.includes('*') && ", 'false && '],
  ]),
]

const hosts = edits('path/names/host-name.ts', [
  ['the server name', 'presented === reference', 'true'],
  ['wildcards', "if (!presented.startsWith('*.')) return presented === reference", 'return presented === reference'],
  ['that a wildcard is followed by two labels', "parent.includes('.', 1) && "],
  ['that a wildcard stands for one label', 'reference.slice(dot) === parent', 'reference.endsWith(parent)'],
  ['addresses', 'tag === GeneralNameTag.ip && name.is(reference)', 'tag === GeneralNameTag.ip'],
  ['that case does not count', 'latin1Of(name).toLowerCase(), reference', 'latin1Of(name), reference'],
])

const policies = edits('path/policy-graph.ts', [
  ['that a policy is needed at the end', 'this.#explicitPolicy === 0 && userConstrained.size === 0', 'false'],
  ['requireExplicitPolicy of the leaf', 'if (certificate.requireExplicitPolicy === 0) this.#explicitPolicy = 0'],
  ['the last decrement', 'if (this.#explicitPolicy > 0) this.#explicitPolicy--\n      if (certificate', 'if (certificate'],
  ['that self-issued CAs do not count', 'if (!certificate.isSelfIssued) {', 'if (true) {'],
  ['that anyPolicy is never mapped', 'if (issuer === anyPolicy || subjects.has(anyPolicy))', 'if (false)'],
  ['inhibitPolicyMapping', 'if (this.#policyMapping === 0) level.delete(issuer)\n      else if', 'if'],
  ['mappings', 'else if (node !== undefined) node.expected = subjects'],
  ['mappings below anyPolicy', 'else if (level.has(anyPolicy))', 'else if (false)'],
  ['inhibitAnyPolicy', 'this.#inhibitAny > 0 || (', 'true || ('],
  ['that anyPolicy counts in self-issued CAs', '(!isLeaf && certificate.isSelfIssued)', 'false'],
  ['user-initial-policy-set', 'if (!initialPolicies.has(anyPolicy)) {', 'if (false) {'],
  ['requireExplicitPolicy of CAs', 'this.#explicitPolicy = Math.min(this.#explicitPolicy, requireExplicitPolicy)', 'void 0'],
  ['inhibitPolicyMapping of CAs', 'this.#policyMapping = Math.min(this.#policyMapping, inhibitPolicyMapping)', 'void 0'],
  ['inhibitAnyPolicy of CAs', 'this.#inhibitAny = Math.min(this.#inhibitAny, inhibitAnyPolicy)', 'void 0'],
])

const strength = edits('policy/strength.ts', [
  ['minRsaBits', 'bits < policy.minRsaBits', 'false'],
  ['maxRsaBits', 'bits > policy.maxRsaBits', 'false'],
  ['curves', '!policy.curves.includes(parts.curve!)', 'false'],
  ['hashes', '!accepted.includes(hash) || !accepted.includes(mgfHash)', 'false'],
])

const matching = edits('path/names/name-match.ts', [
  ['that a leading dot leaves the host out', 'this.#hosts.get(host) ?? 0) & mark) !== 0', 'this.#hosts.get(host) ?? 0) !== 0)'],
  ['the case of local parts', 'has(foldLocal ?', 'has(true ?'],
  ['that the case of local parts in an excluded subject does not count', 'has(foldLocal ?', 'has(false ?'],
  [
    'the case of subtrees of e-mail and URI',
    'const host = (below ? text.slice(1) : text).toLowerCase()',
    'const host = below ? text.slice(1) : text',
  ],
  ['masks of addresses', 'byte === (address[i]! & mask[i]!)', 'byte === address[i]!'],
])

const truststore = [
  ...edits('truststore/store.ts', [
    [
      'that a listed certificate is found by its bytes',
      'if (bytesEqual(bytes, node.certificate.bytes)) return node',
      'return node',
    ],
  ]),
  ...edits('truststore/lookup.ts', [
    [
      'that the spelling of issuers does not count',
      '(this.#spellings.get(signed.issuerName) ?? this.#findGroup(signed.issuerKey))',
      'this.#spellings.get(signed.issuerName)',
    ],
  ]),
  ...edits('truststore/trust-graph.ts', [
    ['that roots are self-signed', 'roots: () => false', 'roots: () => true'],
    ['that every-ca means CAs', "'every-ca': ({ isCa }) => isCa", "'every-ca': () => true"],
    ['that every-certificate means all', "'every-certificate': () => true", "'every-certificate': ({ isCa }) => isCa"],
    ['that a self-signed certificate is always an anchor', 'isSelfSigned || anchors', 'anchors'],
  ]),
  ...edits('truststore/link-issuers.ts', [
    ['signatures between listed certificates', 'first?.hasSigned(node.certificate) === true ? named : none', 'named'],
    ['that other keys of the name are tried', 'if (sameKey[0]!.hasSigned(certificate)) return sameKey'],
    ['false self-signatures', 'if (node.hasBadSelfSignature) continue', 'node.hasBadSelfSignature = false'],
  ]),
  ...edits('truststore/build.ts', [
    ['that excluded certificates issue nothing', 'node.issuers.filter((issuer) => kept.has(issuer))', 'node.issuers'],
    ['errors of chaining', "algorithmSeverities.includes('error') || severities.includes('error')", 'false'],
    [
      'errors of single certificates',
      "severities.includes('error')) leftOut.add(node)\n    else candidates",
      'false) leftOut.add(node)\n    else candidates',
    ],
  ]),
]

const rules = [
  ...edits('rules/key.ts', [
    ['small RSA keys', 'keyParts.key.bits >= policy.minRsaBits', 'true'],
    ['large RSA keys', 'keyParts.key.bits <= policy.maxRsaBits', 'true'],
    ['curves', 'accepted.includes(keyParts.key.curve)', 'true'],
  ]),
  ...edits('rules/validity.ts', [
    ['certificates that are never valid', 'if (!isNeverValid(certificate)) return undefined', 'return undefined'],
  ]),
  ...edits('rules/extension.ts', [
    ['unknown critical extensions', 'if (unknown === undefined) return', 'if (true) return'],
    ['keyCertSign without cA', 'if (isCa || keyUsageBits === undefined ||', 'if (true ||'],
    ['cA without keyCertSign', 'if (!isCa || keyUsageBits === undefined ||', 'if (true ||'],
    ['empty subjects', 'return subjectIsEmpty && (', 'return false && ('],
  ]),
  ...edits('rules/signature.ts', [
    [
      'weak hashes',
      'if (accepted.includes(parsedAlgorithm.hash) && accepted.includes(parsedAlgorithm.mgfHash)) return',
      'if (true) return',
    ],
    [
      'that a self-signature may be weak',
      "return isSelfSigned ? { problem, severity: 'warning' } : problem\n  },\n}\nconst weakSignatureHashText",
      'return problem\n  },\n}\nconst weakSignatureHashText',
    ],
  ]),
  ...edits('rules/chaining.ts', [
    ['false self-signatures', "return hasBadSelfSignature ? 'self-signature does not verify' : undefined", 'return undefined'],
    [
      'false signatures under a named issuer',
      'if (falseIssuer === undefined || issuers.length > 0) return undefined',
      'return undefined',
    ],
  ]),
]

export const mutations: readonly Mutation[] = [
  ...checks,
  ...transition,
  ...search,
  ...presented,
  ...complete,
  ...names,
  ...hosts,
  ...matching,
  ...policies,
  ...strength,
  ...truststore,
  ...rules,
  ...revocationMutations,
]
