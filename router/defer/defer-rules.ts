import {
  type ASTVisitor,
  type DirectiveNode,
  type FragmentDefinitionNode,
  GraphQLError,
  Kind,
  type OperationDefinitionNode,
  type ValidationContext,
  type ValidationRule,
} from 'graphql'
import { conditionOf } from './defer-directive.ts'

/** What a document with `@defer` must keep to, beside graphql-js's own rules: those of graphql-js 17. */
export const deferRules: readonly ValidationRule[] = [uniqueLabels, notOnRootFields, notInSubscriptions]

/** Labels are strings and unlike each other: clients tell the parts of an answer by them, and no variable can be planned. */
function uniqueLabels(context: ValidationContext): ASTVisitor {
  const known = new Map<string, DirectiveNode>()
  return {
    Directive: (node) => {
      const label = node.name.value === 'defer' ? node.arguments?.find(({ name }) => name.value === 'label') : undefined
      if (label === undefined) return
      if (label.value.kind !== Kind.STRING) {
        report(context, '@defer(label:) is a string in the document, and no variable.', node)
        return
      }
      const other = known.get(label.value.value)
      if (other !== undefined)
        report(
          context,
          `@defer(label: "${label.value.value}") is there twice: labels differ within a document.`,
          other,
          node,
        )
      known.set(label.value.value, node)
    },
  }
}

/** Mutations run in turn and a subscription has one root field, so nothing at their root can come later. */
function notOnRootFields(context: ValidationContext): ASTVisitor {
  return {
    Directive: (node) => {
      const parent = context.getParentType()
      const schema = context.getSchema()
      if (node.name.value !== 'defer' || !parent) return
      for (const root of [schema.getMutationType(), schema.getSubscriptionType()]) {
        if (root && parent === root) report(context, `@defer can't be used at the root, on type "${root.name}".`, node)
      }
    },
  }
}

function notInSubscriptions(context: ValidationContext): ASTVisitor {
  const subscribed = new Set<string>()
  const refuse = (node: DirectiveNode) => {
    if (node.name.value === 'defer' && conditionOf(node) === true)
      report(context, '@defer is not for subscriptions: leave it out, or turn it off with `if`.', node)
  }
  let within: OperationDefinitionNode | FragmentDefinitionNode | undefined
  return {
    Document: (document) => {
      for (const definition of document.definitions) {
        if (definition.kind !== Kind.OPERATION_DEFINITION || definition.operation !== 'subscription') continue
        for (const { name } of context.getRecursivelyReferencedFragments(definition)) subscribed.add(name.value)
      }
    },
    OperationDefinition: (node) => void (within = node),
    FragmentDefinition: (node) => void (within = node),
    Directive: (node) => {
      const isSubscribed =
        within?.kind === Kind.OPERATION_DEFINITION
          ? within.operation === 'subscription'
          : within !== undefined && subscribed.has(within.name.value)
      if (isSubscribed) refuse(node)
    },
  }
}

const report = (context: ValidationContext, message: string, ...nodes: DirectiveNode[]): void =>
  context.reportError(new GraphQLError(message, { nodes }))
