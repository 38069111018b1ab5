-- Numbers what the timeline is told of approvals, rising within each session and otherwise with gaps.
create sequence approval_event as bigint;
