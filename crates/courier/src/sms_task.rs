//! The SMS task: it drives the SMS queue with orders and HTTP requests.

use std::{future::Future, pin::Pin, sync::Arc};

use hyper::body::Bytes;
use messaging::{MessagingState, SmsInput as Input, SmsOutcome, SmsOutput as Output, SmsQueue};
use model::desk::{DestinationId, SmsId, SmsOrder};
use tokio::sync::mpsc;

use crate::{context::TaskContext, destination::Gateway, outbox_task::tell_operator};

/// Sends SMS until the engine stops.
pub(crate) async fn run(
    context: TaskContext,
    gateway: Gateway,
    state: MessagingState,
    mut commands: mpsc::UnboundedReceiver<(SmsId, SmsOrder)>,
    seed: [u8; 32],
) {
    let known = state.cursors.of(&DestinationId::sms_gateway());
    let is_stuck = known.is_some_and(|cursor| cursor.stuck.is_some());
    let limits = gateway.limits;
    let mut queue = SmsQueue::new(context.now(), &state.texts, is_stuck, limits, seed);
    drop(state);
    let gateway = Arc::new(gateway);
    let mut pending: Option<PendingRequest> = None;
    loop {
        while let Some(output) = queue.poll_output() {
            match output {
                // The previous request was given up; its result is not needed.
                Output::Send(sms, order) => pending = Some(send(&context, &gateway, sms, order)),
                Output::Append(event) => {
                    tell_operator(&event);
                    context.append(event).await;
                }
            }
        }
        let input = tokio::select! {
            (sms, answer) = response(&mut pending) => {
                pending = None;
                Input::Answered(sms, answer)
            }
            order = commands.recv() => match order {
                Some((sms, order)) => Input::Ordered(sms, order),
                None => return,
            },
            () = context.sleep_until(queue.poll_timeout()) => Input::Timeout,
            () = context.stopped() => return,
        };
        queue.handle_input(context.now(), input);
    }
}

/// An SMS in flight, and its outcome.
type PendingRequest = Pin<Box<dyn Future<Output = (SmsId, SmsOutcome)> + Send>>;

async fn response(pending: &mut Option<PendingRequest>) -> (SmsId, SmsOutcome) {
    match pending {
        Some(pending) => pending.as_mut().await,
        None => std::future::pending().await,
    }
}

fn send(
    context: &TaskContext,
    gateway: &Arc<Gateway>,
    sms: SmsId,
    order: SmsOrder,
) -> PendingRequest {
    let (context, gateway) = (context.clone(), Arc::clone(gateway));
    Box::pin(async move {
        let (headers, body) = gateway.request(sms, &order, context.now());
        let timeout = gateway.limits.answer_within;
        let asked = context.client.post(&gateway.url, &headers, Bytes::from(body), timeout);
        let answer = match asked.await {
            Ok(reply) => gateway.answer(reply.status, &reply.body, reply.retry_after),
            Err(why) => SmsOutcome::Retry { why, after: None },
        };
        (sms, answer)
    })
}
