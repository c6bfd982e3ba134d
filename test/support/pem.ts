/** PEM by Node's own base64, so that what portcullis reads was not written by it. */
export function pemOf(label: string, der: Uint8Array): string {
  const text = Buffer.from(der).toString('base64')
  return `-----BEGIN ${label}-----\n${(text.match(/.{1,64}/g) ?? []).join('\n')}\n-----END ${label}-----\n`
}
