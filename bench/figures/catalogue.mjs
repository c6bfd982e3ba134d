const clients = ['clients-P-256', 'clients-P-384', 'clients-RSA-2048']

/**
 * Every figure: its module, the runtime it is measured in (by default the Node that runs the benchmark), its
 * fixtures, and the title of its section in docs/performance.md. Each runs in a separate process.
 */
export const figures = {
  'new-client': { module: 'new-client', title: 'New clients', fixtures: clients },
  'new-client-node24': {
    module: 'new-client',
    title: 'New clients, on Node 24',
    runtime: 'node24',
    fixtures: clients,
  },
  'returning-client': { module: 'returning-client', title: 'Returning clients', fixtures: clients },
  deno: { module: 'runtime', title: 'Deno', runtime: 'deno', fixtures: ['clients-P-256'] },
  bun: { module: 'runtime', title: 'Bun', runtime: 'bun', fixtures: ['clients-P-256'] },
  libraries: { module: 'libraries', title: 'Whole chains, compared with other libraries', rivals: true, fixtures: clients },
  parse: { module: 'parse', title: 'Parsing a certificate', rivals: true, fixtures: clients },
  'unknown-key': { module: 'unknown-key', title: 'Keys used once' },
  'many-authorities': { module: 'many-authorities', title: 'Handshakes with 100,000 CAs', fixtures: ['authorities'] },
  build: { module: 'build', title: 'Building a truststore of 100,000 CAs', fixtures: ['authorities'] },
  'public-roots': { module: 'public-roots', title: 'Building a truststore of public roots', rivals: true },
  handshakes: { module: 'handshakes', title: 'Mutual TLS in a Node server', fixtures: ['tls'] },
  allocation: {
    module: 'allocation',
    title: 'Memory',
    flags: ['--max-semi-space-size=128', '--min-semi-space-size=128'],
    fixtures: ['clients-P-256'],
  },
  'bundle-size': { module: 'bundle-size', title: 'Size' },
  start: { module: 'start', title: 'Process start to first verdict', rivals: true, fixtures: clients },
  'slowest-call': { module: 'slowest-call', title: 'The slowest call', fixtures: clients },
}
