import { anyPolicy, type Certificate, type PolicyId, type PolicyMapping } from './model.ts'

/** RFC 9618, which replaces what RFC 5280 says about the valid_policy_tree: 6.1.2 (a), 6.1.3 (d) and (e), 6.1.4 (b), 6.1.5 (g). */

interface Node {
  readonly validPolicy: PolicyId
  readonly expectedPolicies: readonly PolicyId[]
  readonly parents: readonly Node[]
}

/** The nodes by depth; undefined is the NULL graph. */
export type PolicyGraph = readonly (readonly Node[])[] | undefined

/** 6.1.2 (a): one node of depth 0, anyPolicy, that expects anyPolicy. */
export const initialGraph_6_1_2_a: PolicyGraph = [[{ validPolicy: anyPolicy, expectedPolicies: [anyPolicy], parents: [] }]]

/** 6.1.3 (d) and (e): the graph with the policies of certificate i as its next depth; NULL where it has none. */
export function withPolicies_6_1_3_d_e(graph: PolicyGraph, certificate: Certificate, takesAnyPolicy: boolean): PolicyGraph {
  const policies = certificate.certificatePolicies?.value
  if (graph === undefined || policies === undefined) return undefined
  const above = graph.at(-1)!
  const own = [...new Set(policies)].filter((policy) => policy !== anyPolicy)
  const matched = own.flatMap((policy) => matchedNode_6_1_3_d_1(policy, above))
  const rest = takesAnyPolicy && policies.includes(anyPolicy) ? unmatchedNodes_6_1_3_d_2(matched, above) : []
  return pruned_6_1_3_d_3([...graph, [...matched, ...rest]])
}

/** (d)(1): a policy is a child of all nodes that expect it; of none, then of the anyPolicy node, if there is one. */
function matchedNode_6_1_3_d_1(policy: PolicyId, above: readonly Node[]): readonly Node[] {
  const expecting = above.filter(({ expectedPolicies }) => expectedPolicies.includes(policy))
  const parents = expecting.length > 0 ? expecting : above.filter(({ validPolicy }) => validPolicy === anyPolicy)
  return parents.length === 0 ? [] : [{ validPolicy: policy, expectedPolicies: [policy], parents }]
}

/** (d)(2): anyPolicy stands for every policy that is expected and not in the certificate. */
function unmatchedNodes_6_1_3_d_2(matched: readonly Node[], above: readonly Node[]): readonly Node[] {
  const expected = new Set(above.flatMap(({ expectedPolicies }) => expectedPolicies))
  return [...expected]
    .filter((policy) => matched.every(({ validPolicy }) => validPolicy !== policy))
    .map((policy) => ({
      validPolicy: policy,
      expectedPolicies: [policy],
      parents: above.filter(({ expectedPolicies }) => expectedPolicies.includes(policy)),
    }))
}

/** (d)(3): nodes without children are deleted until none is left; the graph is NULL where nothing remains. */
function pruned_6_1_3_d_3(graph: readonly (readonly Node[])[]): PolicyGraph {
  const kept = [graph.at(-1)!]
  for (const nodes of graph.slice(0, -1).reverse())
    kept.unshift(nodes.filter((node) => kept[0]!.some(({ parents }) => parents.includes(node))))
  return kept[0]!.length === 0 ? undefined : kept
}

/** 6.1.4 (b): the mappings of certificate i change what the nodes of depth i expect, or delete them where that is inhibited. */
export function withMappings_6_1_4_b(
  graph: PolicyGraph,
  mappings: readonly PolicyMapping[],
  isMappingAllowed: boolean,
): PolicyGraph {
  if (graph === undefined || mappings.length === 0) return graph
  const nodes = graph.at(-1)!
  const mapped = new Set(mappings.map(([issuerDomain]) => issuerDomain))
  const above = graph.slice(0, -1)
  if (!isMappingAllowed) return pruned_6_1_3_d_3([...above, nodes.filter(({ validPolicy }) => !mapped.has(validPolicy))])
  const targets = (policy: PolicyId): readonly PolicyId[] => mappings.filter(([from]) => from === policy).map(([, to]) => to)
  const changed = nodes.map((node) =>
    mapped.has(node.validPolicy) ? { ...node, expectedPolicies: targets(node.validPolicy) } : node,
  )
  const any = nodes.find(({ validPolicy }) => validPolicy === anyPolicy)
  const fromAny = [...mapped]
    .filter((policy) => any !== undefined && nodes.every(({ validPolicy }) => validPolicy !== policy))
    .map((policy) => ({ validPolicy: policy, expectedPolicies: targets(policy), parents: any!.parents }))
  return [...above, [...changed, ...fromAny]]
}

/** 6.1.5 (g): the policies for which the path is valid, in the terms of the anchor, that the user accepts. */
export function userConstrainedPolicies_6_1_5_g(graph: PolicyGraph, initial: readonly PolicyId[]): readonly PolicyId[] {
  if (graph === undefined) return []
  const valid = new Set<PolicyId>()
  for (const { validPolicy, parents } of graph.flat())
    if (validPolicy !== anyPolicy && parents.length === 1 && parents[0]!.validPolicy === anyPolicy) valid.add(validPolicy)
  if (graph.at(-1)!.some(({ validPolicy }) => validPolicy === anyPolicy)) valid.add(anyPolicy)
  if (initial.includes(anyPolicy)) return [...valid]
  return initial.filter((policy) => valid.has(policy) || valid.has(anyPolicy))
}
