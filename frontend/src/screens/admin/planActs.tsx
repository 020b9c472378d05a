/** What administrators do to a subscription: give months and take them back, stop it from being used, let it be used again. */
import { useSuspenseQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { LIMITS } from '../../api/limits';
import { useFormat, useText } from '../../i18n/language';
import { Choice } from '../../ui/Choice';
import { Field } from '../../ui/Field';
import { plansQuery } from '../subscription/calls';
import { Asking, textOf } from './Asking';
import { acts, type Person, personQuery } from './calls';

interface Props {
  person: Person;
  onClose: () => void;
}

export function GivePlan({ person, onClose }: Props) {
  const { admin, subscription } = useText();
  const text = admin.person;
  const format = useFormat();
  const { plans } = useSuspenseQuery(plansQuery).data;
  const [plan, setPlan] = useState(plans[0]?.name ?? '');
  return (
    <Asking
      title={text.givePlan}
      about={text.givePlanAbout(person.email)}
      act={text.givePlan}
      onClose={onClose}
      send={(form, key) =>
        acts.givePlan(
          person.id,
          { plan, months: Number(textOf(form, 'months')), reason: textOf(form, 'reason') },
          key,
        )
      }
      done={(given) =>
        text.planGiven(
          subscription.planName(given?.plan ?? plan),
          given?.paidUntil ? format.date(given.paidUntil) : '',
        )
      }
    >
      <Choice
        label={text.plan}
        value={plan}
        options={plans.map(({ name }) => [name, subscription.planName(name)] as const)}
        onChoose={setPlan}
      />
      <Field
        label={text.months}
        name="months"
        type="number"
        required
        min={1}
        max={LIMITS.months}
        step={1}
        defaultValue={1}
      />
      <Reason />
    </Asking>
  );
}

export function RevokePlan({ person, onClose }: Props) {
  const text = useText().admin.person;
  const format = useFormat();
  const { subscription } = useSuspenseQuery(personQuery(person.id)).data ?? {};
  return (
    <Asking
      title={text.revokePlanTitle}
      about={text.revokePlanAbout(person.email, format.number(subscription?.givenMonths ?? 0))}
      act={text.revokePlan}
      done={text.planRevoked}
      danger
      onClose={onClose}
      send={(form, key) => acts.revokePlan(person.id, textOf(form, 'reason'), key)}
    >
      <Reason />
    </Asking>
  );
}

export function SuspendPlan({ person, onClose }: Props) {
  const text = useText().admin.person;
  return (
    <Asking
      title={text.suspendPlanTitle}
      about={text.suspendPlanAbout(person.email)}
      act={text.suspendPlan}
      done={text.planSuspended}
      danger
      onClose={onClose}
      send={(form) => acts.suspendPlan(person.id, textOf(form, 'reason'))}
    >
      <Reason />
    </Asking>
  );
}

export function ResumePlan({ person, onClose }: Props) {
  const text = useText().admin.person;
  return (
    <Asking
      title={text.resumePlanTitle}
      about={text.resumePlanAbout(person.email)}
      act={text.resumePlan}
      done={text.planResumed}
      onClose={onClose}
      send={(form) => acts.resumePlan(person.id, textOf(form, 'reason'))}
    >
      <Reason />
    </Asking>
  );
}

function Reason() {
  const text = useText().admin.person;
  return (
    <Field label={text.reason} name="reason" required maxLength={LIMITS.reason} hint={text.reasonHint} />
  );
}
