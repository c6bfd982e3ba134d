const clients = ['clients-P-256', 'clients-P-384', 'clients-RSA-2048']

/**
 * Every figure: its module, the runtime it is measured in (`node` is the one that runs the benchmark), what is needed
 * beforehand, and the title of its part in docs/performance.md. Each runs in a process of its own.
 */
export const figures = {
  'new-client': { module: 'new-client', title: 'A client that was never seen', fixtures: clients },
  'new-client-node24': {
    module: 'new-client',
    title: 'A client that was never seen, on Node 24',
    runtime: 'node24',
    fixtures: clients,
  },
  'returning-client': { module: 'returning-client', title: 'A client that comes back', fixtures: clients },
  deno: { module: 'runtime', title: 'Deno', runtime: 'deno', fixtures: ['clients-P-256'] },
  bun: { module: 'runtime', title: 'Bun', runtime: 'bun', fixtures: ['clients-P-256'] },
  libraries: { module: 'libraries', title: 'Whole chains, against other libraries', rivals: true, fixtures: clients },
  parse: { module: 'parse', title: 'Reading a certificate', rivals: true, fixtures: clients },
  'unknown-key': { module: 'unknown-key', title: 'A key seen once' },
  'many-authorities': { module: 'many-authorities', title: 'A hundred thousand CAs at the handshake', fixtures: ['authorities'] },
  build: { module: 'build', title: 'A hundred thousand CAs at the build', fixtures: ['authorities'] },
  'public-roots': { module: 'public-roots', title: 'A truststore of public roots', rivals: true },
  handshakes: { module: 'handshakes', title: 'Mutual TLS in a Node server', fixtures: ['tls'] },
  allocation: {
    module: 'allocation',
    title: 'Memory',
    flags: ['--max-semi-space-size=128', '--min-semi-space-size=128'],
    fixtures: ['clients-P-256'],
  },
  'bundle-size': { module: 'bundle-size', title: 'Size' },
  start: { module: 'start', title: 'A process from its start', rivals: true, fixtures: clients },
  'slowest-call': { module: 'slowest-call', title: 'The slowest call', fixtures: clients },
}
