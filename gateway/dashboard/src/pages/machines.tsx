import { useNavigate } from '@tanstack/react-router';
import { Check, Copy } from 'lucide-react';
import { useState } from 'react';
import { MachineList } from '@/features/machines/machine-list';
import { Button, PageHead } from '@/shared/ui/kit';

const COMMAND = './heddle work --bootstrap-servers BROKER:9092';

export function MachinesPage() {
  const navigate = useNavigate();
  const [copied, setCopied] = useState(false);
  return (
    <>
      <PageHead title="Machines" />
      <div className="min-h-0 flex-1 overflow-y-auto">
        <MachineList onOpen={(machine) => void navigate({ to: '/sessions', search: { machine: machine.id } as never })} />
        <section aria-label="Add a machine" className="space-y-2 p-4">
          <h2 className="text-[13px] font-medium">Add a machine</h2>
          <p className="max-w-xl text-[13px] text-soft">On a machine with a checkout of Heddle, a JDK 25 and git, that can reach the Kafka broker under the names it gives itself:</p>
          <div className="flex max-w-xl items-center gap-2 rounded-md border border-line bg-raised py-1 pr-1 pl-3">
            <code className="min-w-0 flex-1 overflow-x-auto font-mono text-xs whitespace-nowrap" tabIndex={0}>{COMMAND}</code>
            <Button look="quiet" onClick={() => void navigator.clipboard.writeText(COMMAND).then(() => setCopied(true))}>
              {copied ? <Check className="size-3.5" aria-hidden /> : <Copy className="size-3.5" aria-hidden />}{copied ? 'Copied' : 'Copy'}
            </Button>
          </div>
        </section>
      </div>
    </>
  );
}
