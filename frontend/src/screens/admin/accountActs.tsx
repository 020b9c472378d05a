/** What administrators do to an account, each in a form of its own. */
import { LIMITS } from '../../api/limits';
import { useFormat, useText } from '../../i18n/language';
import { Field } from '../../ui/Field';
import { Asking, textOf } from './Asking';
import { acts, type Person } from './calls';

interface Props {
  person: Person;
  onClose: () => void;
}

export function GiveCredits({ person, onClose }: Props) {
  const text = useText().admin.people;
  const format = useFormat();
  return (
    <Asking
      title={text.grantTitle}
      about={text.grantAbout(person.email)}
      act={text.grant}
      refusals={{ INSUFFICIENT_CREDITS: text.notSoMany }}
      onClose={onClose}
      send={(form, key) =>
        acts.giveCredits(person.id, Number(textOf(form, 'amount')), textOf(form, 'note'), key)
      }
      done={(entry) => text.granted(format.number(entry.balanceAfter))}
    >
      <Field
        label={text.amount}
        name="amount"
        type="number"
        required
        min={-LIMITS.amount}
        max={LIMITS.amount}
        step={1}
        hint={text.amountHint}
      />
      <Field label={text.note} name="note" maxLength={LIMITS.note} />
    </Asking>
  );
}

export function GiveAddress({ person, onClose }: Props) {
  const text = useText().admin.people;
  return (
    <Asking
      title={person.hasAddress ? text.changeAddress : text.giveAddress}
      about={person.hasAddress ? text.addressAbout(person.email) : text.firstAddressAbout}
      act={text.giveAddress}
      refusals={{ CONFLICT: text.addressTaken, INVALID_INPUT: text.addressBad }}
      onClose={onClose}
      send={(form) => acts.giveAddress(person.id, textOf(form, 'email'))}
      done={({ user }) => text.addressGiven(user.email)}
    >
      <Field
        label={text.address}
        name="email"
        type="email"
        required
        maxLength={LIMITS.email}
        autoComplete="off"
      />
    </Asking>
  );
}

/** By which the questions call somebody. */
function useCalled(): (person: Person) => string {
  const text = useText().admin.people;
  return ({ email, hasAddress }) => (hasAddress ? email : text.unnamed);
}

export function SuspendAccount({ person, onClose }: Props) {
  const text = useText().admin.people;
  const called = useCalled();
  return (
    <Asking
      title={text.suspendTitle}
      about={text.suspendAbout(called(person))}
      act={text.suspend}
      done={text.suspended}
      refusals={{ CONFLICT: text.lastAdmin }}
      danger
      onClose={onClose}
      send={() => acts.suspend(person.id)}
    />
  );
}

export function RestoreAccount({ person, onClose }: Props) {
  const text = useText().admin.people;
  const called = useCalled();
  return (
    <Asking
      title={text.restoreTitle}
      about={text.restoreAbout(called(person))}
      act={text.restore}
      done={text.restored}
      onClose={onClose}
      send={() => acts.restore(person.id)}
    />
  );
}
