import { relative } from 'node:path'
import { build } from 'esbuild'
import { describe, expect, it } from 'vitest'
import { builtFile, root } from './package.ts'

/** What bundlers make of an import, from the sources and from what is published. */

interface Bundle {
  /** Files of which something is left. */
  readonly files: readonly string[]
  readonly text: string
}

async function bundleOf(names: string, from: string): Promise<Bundle> {
  const contents = `import { ${names} } from ${JSON.stringify(from)}; globalThis.used = [${names}]`
  const { outputFiles, metafile } = await build({
    stdin: { contents, resolveDir: root },
    bundle: true,
    write: false,
    metafile: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    // Nothing of Node is there: an import of its modules fails.
    platform: 'neutral',
    absWorkingDir: root,
    logLevel: 'silent',
  })
  const inputs = Object.values(metafile.outputs).flatMap((output) => Object.entries(output.inputs))
  const files = inputs.filter(([, { bytesInOutput }]) => bytesInOutput > 0).map(([file]) => file)
  return { files, text: outputFiles.map(({ text }) => text).join('') }
}

const source = './src/index.ts'
const built = `./${relative(root, builtFile('.'))}`
const foldersOf = ({ files }: Bundle): ReadonlySet<string> =>
  new Set(files.filter((file) => file.startsWith('src/')).map((file) => file.split('/')[1] ?? ''))

/** Texts that only this part of the package has. */
const markers = {
  lint: 'child_outlives_issuer',
  headers: 'Client-Cert-Chain',
  inspect: 'Signature Algorithm: ',
}

describe('a bundle of buildTruststore and verifyChain', () => {
  const names = 'buildTruststore, verifyChain'

  it.each(['verifyChain', 'buildTruststore', names])(
    '%s: has no file of lint, headers, import, inspect, node or the command line',
    async (wanted) => {
      const folders = foldersOf(await bundleOf(wanted, source))
      expect(folders).toContain('der')
      for (const folder of ['lint', 'headers', 'import', 'inspect', 'ownership', 'node', 'cli'])
        expect(folders).not.toContain(folder)
    },
  )

  it.each([source, built])('%s: has none of their texts', async (from) => {
    const { text } = await bundleOf(names, from)
    for (const marker of Object.values(markers)) expect(text).not.toContain(marker)
  })

  it.each([source, built])('%s: has none of what explains rules', async (from) => {
    const remedy = 'Re-issue the CA with a new key.'
    expect((await bundleOf(names, from)).text).not.toContain(remedy)
    expect((await bundleOf('explain', from)).text).toContain(remedy)
  })

  it('has nothing that only revocation lists need, unless lists are read', async () => {
    const needed = ['crl-judge', 'revocation-list', 'revocation/scope', 'revocation-entries']
    const neededIn = ({ files }: Bundle): readonly string[] =>
      needed.filter((name) => files.some((file) => file.endsWith(`/${name}.ts`)))
    expect(neededIn(await bundleOf(names, source))).toEqual([])
    expect(neededIn(await bundleOf(`${names}, parseRevocationList`, source))).toEqual(needed)
    expect((await bundleOf(names, built)).text).not.toContain('deltaCRLIndicator')
  })

  it('control: the texts are in bundles of those', async () => {
    expect((await bundleOf('lintTruststore', built)).text).toContain(markers.lint)
    expect((await bundleOf('verifyRequest', builtFile('./headers'))).text).toContain(markers.headers)
    expect((await bundleOf('renderText', builtFile('./inspect'))).text).toContain(markers.inspect)
  })
})

describe('a bundle of everything', () => {
  it.each([
    ['.', 'buildTruststore, verifyChain, lintTruststore, diffTruststores, checkOwnership, explain, pureSignatures'],
    ['./headers', 'verifyRequest, matchIdentity'],
    ['./inspect', 'renderText'],
  ])('%s: has no curves but ours, and asn1js only to draw', async (entry, names) => {
    const { files } = await bundleOf(names, builtFile(entry))
    const packages = new Set(files.flatMap((file) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1] ?? []))
    const drawing = ['asn1js', '@peculiar/utils']
    expect(packages).toContain('@noble/hashes')
    const allowed = ['@noble/hashes', ...(entry === './inspect' ? drawing : [])]
    expect([...packages].filter((name) => !allowed.includes(name))).toEqual([])
  })

  it('./import: has no package', async () => {
    const { files } = await bundleOf('importBundle', builtFile('./import'))
    expect(files.filter((file) => file.includes('node_modules'))).toEqual([])
    expect(files.length).toBeGreaterThan(0)
  })
})
