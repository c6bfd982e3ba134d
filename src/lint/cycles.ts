/**
 * The circles of a directed graph: its strongly connected components of more than one node, by Tarjan's algorithm without
 * recursion, so that a chain of thousands does not exhaust the stack. Linear in nodes and edges.
 */
export function cyclesIn<Node>(
  nodes: readonly Node[],
  targetsOf: (node: Node) => readonly Node[],
): ReadonlyMap<Node, readonly Node[]> {
  const cycles = new Map<Node, readonly Node[]>()
  const visits = new Map<Node, Visit<Node>>()
  const open: Visit<Node>[] = []
  const visit = (node: Node): Visit<Node> => {
    const made = { node, targets: targetsOf(node), next: 0, order: visits.size, low: visits.size, isOpen: true }
    visits.set(node, made)
    open.push(made)
    return made
  }
  for (const root of nodes) {
    if (visits.has(root)) continue
    const trail = [visit(root)]
    while (trail.length > 0) {
      const current = trail[trail.length - 1]!
      const target = current.targets.at(current.next++)
      if (target !== undefined) {
        const known = visits.get(target)
        if (known === undefined) trail.push(visit(target))
        else if (known.isOpen) current.low = Math.min(current.low, known.order)
        continue
      }
      trail.pop()
      const above = trail.at(-1)
      if (above !== undefined) above.low = Math.min(above.low, current.low)
      if (current.low < current.order) continue
      const component = open.splice(open.lastIndexOf(current))
      for (const member of component) member.isOpen = false
      if (component.length < 2) continue
      const members = component.map(({ node }) => node)
      for (const member of members) cycles.set(member, members)
    }
  }
  return cycles
}

interface Visit<Node> {
  readonly node: Node
  readonly targets: readonly Node[]
  next: number
  readonly order: number
  low: number
  isOpen: boolean
}
