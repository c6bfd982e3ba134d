import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'

/** Reads facts for the documentation from the source text: types and comments have no value at run time. */

function parse(path: string): ts.SourceFile {
  const file = fileURLToPath(new URL(`../${path}`, import.meta.url))
  return ts.createSourceFile(path, readFileSync(file, 'utf8'), ts.ScriptTarget.ES2022, true)
}

/** The members of an interface in order, each with its documentation comment on one line. */
export function interfaceMembers(path: string, name: string): readonly { readonly name: string; readonly comment: string }[] {
  const declaration = parse(path).statements.find((node) => ts.isInterfaceDeclaration(node) && node.name.text === name)
  if (declaration === undefined) throw new Error(`${path} has no interface ${name}`)
  return (declaration as ts.InterfaceDeclaration).members.map((member) => ({
    name: member.name?.getText() ?? '',
    comment: ts
      .getJSDocCommentsAndTags(member)
      .filter(ts.isJSDoc)
      .map((doc) => ts.getTextOfJSDocComment(doc.comment) ?? '')
      .join(' ')
      .replace(/\s+/g, ' '),
  }))
}

/** The keys of an object literal that a file declares as a constant, in order. */
export function constantKeys(path: string, name: string): readonly string[] {
  for (const statement of parse(path).statements) {
    if (!ts.isVariableStatement(statement)) continue
    const declaration = statement.declarationList.declarations.find((each) => each.name.getText() === name)
    const value = declaration?.initializer
    const literal = value !== undefined && ts.isAsExpression(value) ? value.expression : value
    if (literal !== undefined && ts.isObjectLiteralExpression(literal)) {
      return literal.properties.map((property) => property.name?.getText() ?? '')
    }
  }
  throw new Error(`${path} has no object ${name}`)
}
