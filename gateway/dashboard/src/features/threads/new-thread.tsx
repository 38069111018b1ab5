import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useRef, useState } from 'react';
import { api, idempotent, type Schemas, unwrap } from '@/shared/api/client';
import { machines as machinesQuery, projects as projectsQuery } from '@/shared/api/queries';
import { Button, Dialog, field, Key, Select, Told } from '@/shared/ui/kit';

/** What was chosen last is chosen again. */
const remembered = (name: string) => localStorage.getItem(`heddle.new.${name}`) ?? '';

export function NewThread({ open, onClose, project: given }: { open: boolean; onClose: () => void; project?: string }) {
  const projects = useQuery(projectsQuery);
  const machines = useQuery(machinesQuery);
  const client = useQueryClient();
  const navigate = useNavigate();
  const [prompt, setPrompt] = useState('');
  const [chosen, choose] = useState(() => given ?? remembered('project'));
  const [newProject, setNewProject] = useState('');
  const [engine, setEngine] = useState(() => remembered('engine'));
  const [model, setModel] = useState('');
  const [mode, setMode] = useState('');
  const [permission, setPermission] = useState('');
  const [machine, setMachine] = useState('');
  const [priority, setPriority] = useState('normal');
  // One key for one intention: a second press after a lost answer makes no second thread.
  const key = useRef(idempotent());
  const names = (projects.data ?? []).map((one) => one.name);
  const project = names.includes(chosen) ? chosen : (names[0] ?? '');
  const engines = [...new Set((machines.data ?? []).flatMap((one) => one.engines.map((known) => known.name)))].sort();
  const dispatch = useMutation({
    mutationFn: async () => {
      const name = project || newProject.trim();
      if (!project) await unwrap(api.POST('/api/projects', { params: { header: idempotent() }, body: { name } }));
      return unwrap(
        api.POST('/api/dispatch', {
          params: { header: key.current },
          body: {
            project: name,
            prompt,
            ...(engine && { engine }),
            ...(model && { model }),
            ...(mode && { mode }),
            ...(machine && { machine }),
            ...(permission && { permission: permission as Schemas['DispatchRequest']['permission'] }),
            priority: priority as Schemas['DispatchRequest']['priority'],
          },
        }),
      );
    },
    onSuccess: (made) => {
      localStorage.setItem('heddle.new.project', project || newProject.trim());
      localStorage.setItem('heddle.new.engine', engine);
      key.current = idempotent();
      setPrompt('');
      void client.invalidateQueries();
      onClose();
      void navigate({ to: '/threads/$id', params: { id: made.threadId } });
    },
    onError: () => {
      key.current = idempotent();
    },
  });
  const ready = prompt.trim() !== '' && (project !== '' || newProject.trim() !== '') && !dispatch.isPending;
  return (
    <Dialog open={open} onClose={onClose} label="New thread">
      <form
        className="flex flex-col gap-3 p-4"
        onSubmit={(event) => {
          event.preventDefault();
          if (ready) dispatch.mutate();
        }}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && (event.metaKey || event.ctrlKey) && ready) dispatch.mutate();
        }}
      >
        <h2 className="text-[13px] font-medium text-soft">New thread</h2>
        <textarea
          autoFocus
          aria-label="What the agent is to do"
          placeholder={engine === '' || engine === 'command' ? 'A command, such as: make test' : 'What is to be done?'}
          rows={5}
          value={prompt}
          onChange={(event) => setPrompt(event.target.value)}
          className="w-full resize-y bg-transparent text-[15px] leading-relaxed text-ink outline-none placeholder:text-faint"
        />
        <div className="flex flex-wrap gap-2">
          {names.length > 0 || projects.isPending ? (
            <Select label="Project" value={project} onChange={choose}>{names.map((name) => <option key={name}>{name}</option>)}</Select>
          ) : (
            <input aria-label="Name of a new project" placeholder="Name of a first project" value={newProject} onChange={(event) => setNewProject(event.target.value)} className={`${field} h-8 w-48`} />
          )}
          <Select label="Engine" value={engine} onChange={setEngine}><option value="">Default engine</option>{engines.map((name) => <option key={name}>{name}</option>)}</Select>
          <Select label="Permission" value={permission} onChange={setPermission}>
            <option value="">Permission of the project</option>
            <option value="plan">Plan only</option><option value="ask">Ask first</option><option value="edit">May edit</option><option value="full">May do all</option>
          </Select>
          <Select label="Machine" value={machine} onChange={setMachine}><option value="">Any machine</option>{(machines.data ?? []).map((one) => <option key={one.id}>{one.id}</option>)}</Select>
          <Select label="Priority" value={priority} onChange={setPriority}><option value="urgent">Urgent</option><option value="normal">Normal</option><option value="background">Background</option></Select>
          {engine !== '' && engine !== 'command' && (
            <>
              <input aria-label="Model" placeholder="Model" value={model} onChange={(event) => setModel(event.target.value)} className={`${field} h-8 w-32`} />
              <input aria-label="Mode" placeholder="Mode" value={mode} onChange={(event) => setMode(event.target.value)} className={`${field} h-8 w-28`} />
            </>
          )}
        </div>
        <Told error={dispatch.error ?? projects.error} />
        <div className="flex items-center justify-end gap-2 border-t border-line pt-3">
          <span className="mr-auto hidden text-xs text-soft sm:inline"><Key>Ctrl</Key> <Key>Enter</Key></span>
          <Button look="quiet" onClick={onClose}>Cancel</Button>
          <Button look="primary" type="submit" disabled={!ready} busy={dispatch.isPending}>Start</Button>
        </div>
      </form>
    </Dialog>
  );
}
