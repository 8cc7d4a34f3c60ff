'use client'

import CancelIcon from '@mui/icons-material/CancelOutlined'
import CheckIcon from '@mui/icons-material/CheckCircleOutlined'
import SkipIcon from '@mui/icons-material/RemoveCircleOutlined'
import Box from '@mui/material/Box'
import Typography from '@mui/material/Typography'
import { count } from '@/components/figures'
import { type TracedCondition, traceOf } from './condition-trace'
import { HeardText } from './heard-text'
import { RULE_RESULTS } from './route-words'
import type { RoutingRule } from './routing-rule'
import { ruleSentence } from './rule-sentence'
import { SentenceText } from './sentence-text'
import type { DryRunResult } from './use-dry-run'

type Decision = DryRunResult['answer']['decision']
type RuleResult = NonNullable<Decision['rules']>[number]

type RuleResultsProps = {
  readonly rules: readonly RoutingRule[]
  readonly decision: Decision
  readonly costs: ReadonlyMap<number, number>
  readonly connectionName: (id: string) => string | undefined
}

/** Each rule with what it came to, and each of its conditions. */
export function RuleResults({ rules, decision, costs, connectionName }: RuleResultsProps) {
  if (rules.length === 0) return null
  return (
    <Box component="ol" aria-label="Results of the rules" sx={{ m: 0, p: 0, display: 'grid', gap: 1 }}>
      {rules.map((rule, index) => (
        <OneRule
          // biome-ignore lint/suspicious/noArrayIndexKey: rules have no ids, and the list is only shown
          key={`rule ${index + 1}`}
          number={index + 1}
          rule={rule}
          found={decision.rules?.find((each) => each.index === index)}
          cost={costs.get(index)}
          connectionName={connectionName}
        />
      ))}
    </Box>
  )
}

type OneRuleProps = Pick<RuleResultsProps, 'connectionName'> & {
  readonly number: number
  readonly rule: RoutingRule
  readonly found: RuleResult | undefined
  readonly cost: number | undefined
}

function OneRule({ number, rule, found, cost, connectionName }: OneRuleProps) {
  const result = found?.result ?? 'not_reached'
  const matched = result === 'matched'
  const { when, then } = ruleSentence(rule, connectionName)
  const traced = tracedOf(rule, found)
  return (
    <Box
      component="li"
      sx={{
        listStyle: 'none',
        p: 1.25,
        border: 1,
        borderColor: matched ? 'primary.main' : 'divider',
        borderRadius: 1,
        display: 'grid',
        gridTemplateColumns: 'minmax(0, 1fr)',
        gap: 0.75,
      }}
    >
      <Box sx={{ display: 'flex', gap: 1, alignItems: 'baseline', flexWrap: 'wrap' }}>
        <Typography component="span" sx={{ fontWeight: 600, flexGrow: 1, minWidth: 0, overflowWrap: 'anywhere' }}>
          {number}. {rule.description || <SentenceText text={when} />}
        </Typography>
        <Typography
          component="span"
          variant="body2"
          sx={{
            fontWeight: 600,
            color: matched ? 'primary.main' : result === 'failed' ? 'error.main' : 'text.secondary',
          }}
        >
          {RULE_RESULTS[result]}
        </Typography>
      </Box>
      <Typography variant="body2" sx={{ color: 'text.secondary', overflowWrap: 'anywhere' }}>
        {rule.description && (
          <>
            <SentenceText text={when} />:{' '}
          </>
        )}
        {then}
      </Typography>
      {traced && (
        <Box component="ul" aria-label={`Conditions of rule ${number}`} sx={{ m: 0, p: 0 }}>
          <Traced condition={traced} />
        </Box>
      )}
      {result === 'not_in_traffic' && (
        <Typography variant="body2">
          It matched, but chance put the request outside of its {rule.traffic}% of traffic.
        </Typography>
      )}
      {result === 'no_target' && (
        <Typography variant="body2">It matched, but the connections of all its targets are off.</Typography>
      )}
      {result === 'failed' && (
        <Typography variant="body2">
          It could not be evaluated, e.g. divided by zero: that counts as not matched.
        </Typography>
      )}
      {cost !== undefined && (
        <Typography variant="caption" className="figures" sx={{ color: 'text.secondary' }}>
          Its expression goes through at most {count(Math.round(cost))} of 5,000,000 characters.
        </Typography>
      )}
    </Box>
  )
}

/** Nothing of a rule that was not looked at, or that is an expression. */
function tracedOf({ when }: RoutingRule, found: RuleResult | undefined): TracedCondition | undefined {
  if ('expression' in when || !found || found.result === 'disabled') return undefined
  const traced = traceOf(when, found.conditions ?? [])
  return traced?.kind === 'comparison' || traced?.parts.length ? traced : undefined
}

const GROUPS = { all: 'all of', any: 'any of', not: 'not' } as const

function Traced({ condition }: { condition: TracedCondition }) {
  const { kind, words, result, parts } = condition
  return (
    <Box component="li" sx={{ listStyle: 'none' }}>
      <Box sx={{ display: 'flex', gap: 0.75, alignItems: 'flex-start', position: 'relative' }}>
        <ResultIcon result={result} />
        <Typography
          variant="body2"
          sx={{
            overflowWrap: 'anywhere',
            minWidth: 0,
            color: result === undefined ? 'text.secondary' : 'text.primary',
          }}
        >
          {kind === 'comparison' ? words : parts.length > 0 ? GROUPS[kind] : 'no condition'}
          <HeardText>{result === undefined ? ', not looked at' : result ? ', holds' : ', does not hold'}</HeardText>
        </Typography>
      </Box>
      {parts.length > 0 && (
        <Box component="ul" sx={{ m: 0, pl: 2.5 }}>
          {parts.map((part, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: conditions have no ids, and the list is only shown
            <Traced key={`${index} ${part.words}`} condition={part} />
          ))}
        </Box>
      )}
    </Box>
  )
}

function ResultIcon({ result }: { result: boolean | undefined }) {
  const [Icon, color] =
    result === undefined
      ? [SkipIcon, 'text.secondary']
      : result
        ? [CheckIcon, 'success.main']
        : [CancelIcon, 'text.secondary']
  return <Icon aria-hidden sx={{ fontSize: 16, color, mt: 0.25, flexShrink: 0 }} />
}
