// Made by `cargo xtask schema` from the description with SHA-256 7f54d9deb1b8cb8bacc0caf6b25c16863c9c1bf078ff729d1b850bf58bedd1cd

export interface paths {
    "/api/v1/accounts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_accounts"];
        put?: never;
        post: operations["post_accounts"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/accounts/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_accounts_name"];
        put?: never;
        post: operations["post_accounts_name"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/accounts/{name}/confirm": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["post_accounts_name_confirm"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/accounts/{name}/end": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["post_accounts_name_end"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/accounts/{name}/password": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["post_accounts_name_password"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/agents": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_agents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/agents/profiles": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_agents_profiles"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/agents/{agent}/profile": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["post_agents_agent_profile"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/agents/{agent}/profile/withdraw": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["post_agents_agent_profile_withdraw"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/assessments/appeals": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_assessments_appeals"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/assessments/{assignment}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["post_assessments_assignment"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/assessments/{assignment}/appeals": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["post_assessments_assignment_appeals"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/assignments/{assignment}/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["post_assignments_assignment_events"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/attachments": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["post_attachments"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/audit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_audit"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/calls": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_calls"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/calls/{call}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_calls_call"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/calls/{call}/complete-transfer": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["post_calls_call_complete_transfer"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/calls/{call}/hang-up": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["post_calls_call_hang_up"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/calls/{call}/hold": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["post_calls_call_hold"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/calls/{call}/invite": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["post_calls_call_invite"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/calls/{call}/monitor": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["post_calls_call_monitor"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/calls/{call}/offers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_calls_call_offers"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/calls/{call}/remove": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["post_calls_call_remove"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/calls/{call}/resume": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["post_calls_call_resume"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/calls/{call}/stop-monitoring": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["post_calls_call_stop_monitoring"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/calls/{call}/take-over": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["post_calls_call_take_over"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/calls/{call}/transfer": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["post_calls_call_transfer"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/config": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_config"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/config/reload": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["post_config_reload"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/courier": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_courier"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/courier/{destination}/dead": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_courier_destination_dead"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/courier/{destination}/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["post_courier_destination_events"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/dissatisfactions/{ticket}/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["post_dissatisfactions_ticket_events"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_events"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/figures": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_figures"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/figures/{figure}/tickets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_figures_figure_tickets"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/filings/{filing}/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["post_filings_filing_events"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/hotline": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_hotline"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/knowledge": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_knowledge"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/knowledge.csv": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_knowledge_csv"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/knowledge/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["post_knowledge_events"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/knowledge/import": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["post_knowledge_import"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/knowledge/upkeep": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_knowledge_upkeep"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/knowledge/{item}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_knowledge_item"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/leaders": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_leaders"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/leaders/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["post_leaders_events"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/leaders/sessions/{session}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_leaders_sessions_session"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/login": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["post_login"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/logout": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["post_logout"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/matters/{matter}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_matters_matter"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/matters/{matter}/filings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["post_matters_matter_filings"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/matters/{matter}/orders": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["post_matters_matter_orders"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_me"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/me/password": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["post_me_password"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/names": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_names"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/network/drafts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_network_drafts"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/network/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["post_network_events"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/network/hand-overs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_network_hand_overs"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/network/import": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["post_network_import"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/network/route": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_network_route"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/network/{table}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_network_table"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/openapi.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_openapi_json"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/orders/{order}/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["post_orders_order_events"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/problems": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_problems"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/problems/{code}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_problems_code"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/queues": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_queues"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/queues/figures": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_queues_figures"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/recordings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_recordings"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/recordings/{call}/audio": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_recordings_call_audio"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/reports": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_reports"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/reports/due": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_reports_due"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/reports/{report}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_reports_report"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/reports/{report}/instructions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["post_reports_report_instructions"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/reports/{report}/releases": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["post_reports_report_releases"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/seats": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_seats"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/seats/{seat}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_seats_seat"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/seats/{seat}/{command}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["post_seats_seat_command"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tickets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_tickets"];
        put?: never;
        post: operations["post_tickets"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tickets.csv": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_tickets_csv"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tickets/import": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post: operations["post_tickets_import"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tickets/{ticket}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_tickets_ticket"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tickets/{ticket}/allowed": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_tickets_ticket_allowed"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tickets/{ticket}/attachments/{hash}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_tickets_ticket_attachments_hash"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tickets/{ticket}/clocks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_tickets_ticket_clocks"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tickets/{ticket}/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_tickets_ticket_events"];
        put?: never;
        post: operations["post_tickets_ticket_events"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/tickets/{ticket}/publication": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_tickets_ticket_publication"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/units/{unit}/ladder": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_units_unit_ladder"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/units/{unit}/worklist": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_units_unit_worklist"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/wallboard": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_wallboard"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/wallboard/live": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_wallboard_live"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/worklist": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_worklist"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/worklist/counts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_worklist_counts"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/healthz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_healthz"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_metrics"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/readyz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get: operations["get_readyz"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        Account: {
            employer: string;
            ends: string | null;
            group: components["schemas"]["GroupId"] | null;
            must_change_password: boolean;
            name: components["schemas"]["AccountName"];
            open_work?: components["schemas"]["OpenWork"][] | null;
            password?: string | null;
            real_name: string;
            role: string;
            role_asked?: string | null;
            standing: string;
            starts: string | null;
            unit: components["schemas"]["UnitId"] | null;
        };
        AccountName: string;
        "AccountName.asked": string;
        Accounts: {
            items: components["schemas"]["Account"][];
        };
        Actor: {
            person: {
                account: components["schemas"]["AccountName"];
                outsourced?: boolean;
                role: components["schemas"]["Role"];
                unit?: components["schemas"]["UnitId"] | null;
            };
        } | "citizen" | {
            partner: string;
        } | "engine";
        AfterTalk: "log_out" | {
            not_ready: {
                reason: components["schemas"]["NotReadyReason"];
            };
        };
        "AgentProfileChange.asked": {
            queues: {
                [key: string]: number;
            };
            skills?: {
                [key: string]: number;
            };
            until?: components["schemas"]["Timestamp.asked"] | null;
        };
        AgentProfileChanged: {
            by?: components["schemas"]["AccountName"] | null;
            differs: boolean;
            queues: {
                [key: string]: number;
            };
            since: components["schemas"]["Timestamp"];
            skills: {
                [key: string]: number;
            };
            until?: components["schemas"]["Timestamp"] | null;
        };
        AgentProfileShown: {
            agent: components["schemas"]["AccountName"];
            changed?: components["schemas"]["AgentProfileChanged"] | null;
            configured?: components["schemas"]["RoutingProfile"] | null;
            of_seat?: components["schemas"]["RoutingProfile"] | null;
            seat?: components["schemas"]["SeatId"] | null;
            team: string;
        };
        AgentWorked: {
            agent: components["schemas"]["AccountName"];
            aht_ms: number | null;
            alerting_ms: number;
            answered: number;
            handled: number;
            hold_ms: number;
            logged_in_ms: number;
            missed: {
                [key: string]: number;
            };
            no_answer_rate: number | null;
            not_ready_ms: {
                [key: string]: number;
            };
            occupancy: number | null;
            offered: number;
            quarters?: components["schemas"]["Quarter"][] | null;
            ready_ms: number;
            talk_ms: number;
            transferred: number;
            utilisation: number | null;
            withdrawn: number;
            wrap_up_ms: number;
        };
        AgentsWorked: {
            agents: components["schemas"]["AgentWorked"][];
            from: components["schemas"]["Timestamp"];
            to: components["schemas"]["Timestamp"];
        };
        Allowance: {
            days: number;
        } | {
            natural: number;
        } | {
            working: number;
        } | {
            until: components["schemas"]["Timestamp"];
        };
        "Allowance.asked": {
            days: number;
        } | {
            natural: number;
        } | {
            working: number;
        } | {
            until: components["schemas"]["Timestamp.asked"];
        };
        AllowedCommands: {
            assignments: {
                [key: string]: string[];
            };
            dissatisfaction?: string[];
            seq: number;
            ticket: string[];
        };
        Appealed: {
            assignment: components["schemas"]["AssignmentId"];
            at: components["schemas"]["Timestamp"];
            by: components["schemas"]["AccountName"];
            due?: components["schemas"]["Timestamp"] | null;
            evidence: string[];
            reason: string;
            ruled?: components["schemas"]["Ruled"] | null;
            unit: components["schemas"]["UnitId"];
        };
        "Appealing.asked": {
            evidence: string[];
            reason: string;
        };
        "Approver.asked": "director" | "government_supervision" | "leader";
        Area: {
            level: components["schemas"]["AreaLevel"];
            name: string;
            parent?: components["schemas"]["AreaId"] | null;
        };
        "Area.asked": {
            level: components["schemas"]["AreaLevel.asked"];
            name: string;
            parent?: components["schemas"]["AreaId.asked"] | null;
        };
        AreaId: string;
        "AreaId.asked": string;
        AreaLevel: "city" | "county" | "township" | "community";
        "AreaLevel.asked": "city" | "county" | "township" | "community";
        Assignment: {
            clocks: components["schemas"]["Clock"][];
            extension: components["schemas"]["PendingExtension"] | null;
            extensions: number;
            faulted?: [
                components["schemas"]["Timestamp"],
                components["schemas"]["RedoReason"]
            ][];
            first_contact: components["schemas"]["Timestamp"] | null;
            first_result: components["schemas"]["Timestamp"] | null;
            further?: string[];
            handler: string | null;
            issued: components["schemas"]["Timestamp"];
            method: components["schemas"]["DispatchMethod"];
            on_site: components["schemas"]["Timestamp"] | null;
            overdue: components["schemas"]["OverdueReason"] | null;
            parent: number | null;
            passed: components["schemas"]["Timestamp"] | null;
            rejections: number;
            remarks?: components["schemas"]["WordingRemark"][];
            required: boolean;
            result: components["schemas"]["HandlingResult"] | null;
            returns: components["schemas"]["ReturnRequest"][];
            role: components["schemas"]["DispatchRole"];
            round: number;
            scores: [
                number,
                number
            ] | null;
            send_backs: number;
            signatures: components["schemas"]["Signature"][];
            signed: components["schemas"]["Timestamp"] | null;
            state: components["schemas"]["AssignmentState"];
            submitted: components["schemas"]["Timestamp"] | null;
            supervise: components["schemas"]["UnitId"];
            supervisor: string;
            unit: components["schemas"]["UnitId"];
            urges: components["schemas"]["Urges"];
        };
        "AssignmentCommand.asked": {
            payload: {
                handler?: string | null;
            };
            type: "sign";
        } | {
            payload: {
                handler: string;
            };
            type: "name_handler";
        } | {
            payload: {
                basis: string;
                ground: components["schemas"]["ReturnGround.asked"];
                proposed?: components["schemas"]["UnitId.asked"] | null;
            };
            type: "ask_return";
        } | {
            payload: {
                reason: string;
            };
            type: "approve_return";
        } | {
            payload: {
                reason: string;
            };
            type: "reject_return";
        } | {
            payload: {
                authority: string;
                text: string;
            };
            type: "dispute";
        } | {
            payload: {
                document: string;
                stays: boolean;
                unit: components["schemas"]["UnitId.asked"];
            };
            type: "decide_dispute";
        } | {
            payload: {
                due: components["schemas"]["Timestamp.asked"];
                note?: string;
                unit: components["schemas"]["UnitId.asked"];
            };
            type: "delegate";
        } | {
            payload: {
                citizen_told: boolean;
                days: number;
                plan: string;
                reason: string;
            };
            type: "ask_extension";
        } | {
            payload: {
                days: number;
                reason: string;
            };
            type: "decide_extension";
        } | {
            payload: components["schemas"]["ContactMade.asked"];
            type: "contact";
        } | {
            payload: {
                by: string;
                evidence?: string[];
                finding: string;
            };
            type: "on_site";
        } | {
            payload: {
                text: string;
            };
            type: "obstruct";
        } | {
            payload: components["schemas"]["HandlingResult.asked"];
            type: "draft_result";
        } | {
            payload: {
                how: string;
                name: string;
                post: components["schemas"]["Post.asked"];
            };
            type: "head_sign";
        } | {
            payload: {
                reason: string;
            };
            type: "head_reject";
        } | {
            payload: {
                how: string;
                name: string;
                post: components["schemas"]["Post.asked"];
            };
            type: "further_sign";
        } | {
            payload: {
                substance: number;
                text?: string;
                wording: number;
            };
            type: "sup_pass";
        } | {
            payload: {
                reason: components["schemas"]["RedoReason.asked"];
                text: string;
            };
            type: "sup_reject";
        } | {
            payload: {
                reason: string;
            };
            type: "withdraw";
        } | {
            payload: {
                reason: components["schemas"]["OverdueReason.asked"];
                text: string;
            };
            type: "explain_overdue";
        } | {
            payload: {
                channel: components["schemas"]["UrgeChannel.asked"];
                text: string;
            };
            type: "urge";
        };
        AssignmentId: string;
        AssignmentState: "issued" | "accepted" | "return_asked" | "arbitrating" | "delegated" | "unit_sign" | "submitted" | "sup_passed" | "done" | "returned" | "withdrawn";
        AttachmentKept: {
            bytes: number;
            media_type: string;
            name: string;
            sha256: string;
        };
        AuditAction: "heard" | "saw_masked" | "saw_whole" | "revealed" | "overrode" | "exported" | "export_refused" | "saw_list" | "attached" | "took_out" | "restored" | "imported" | "settled" | "reconfigured" | "released" | "appealed" | "instructed" | "ruled" | "logged_in" | "logged_out" | "refused" | "added" | "changed" | "ended" | "confirmed" | "password_set" | "token_issued" | "token_revoked";
        "AuditAction.asked": "heard" | "saw_masked" | "saw_whole" | "revealed" | "overrode" | "exported" | "export_refused" | "saw_list" | "attached" | "took_out" | "restored" | "imported" | "settled" | "reconfigured" | "released" | "appealed" | "instructed" | "ruled" | "logged_in" | "logged_out" | "refused" | "added" | "changed" | "ended" | "confirmed" | "password_set" | "token_issued" | "token_revoked";
        AuditEntry: {
            account?: components["schemas"]["AccountName"] | null;
            at: components["schemas"]["Timestamp"];
            call?: components["schemas"]["CallId"] | null;
            detail?: string;
            rows?: components["schemas"]["RowIds"] | null;
            seq: number;
            ticket?: components["schemas"]["TicketId"] | null;
            what: components["schemas"]["AuditAction"];
            who: components["schemas"]["AccountName"] | null;
        };
        Basis: "arrived" | "accepted" | "issued" | "due" | "closed" | "evaluated" | "released" | "cumulative";
        CallBoard: {
            holds: {
                [key: string]: components["schemas"]["Timestamp"];
            };
            legs: {
                [key: string]: components["schemas"]["LegBoard"];
            };
        };
        CallEnd: "caller_hung_up" | "seat_hung_up" | "abandoned" | "queue_exit" | "refused" | "lost" | "drained" | "node_failed" | "fault" | "supervisor_hung_up" | "outside_hung_up" | "message_left" | "left_in_menu" | "menu_ended";
        "CallEnd.asked": "caller_hung_up" | "seat_hung_up" | "abandoned" | "queue_exit" | "refused" | "lost" | "drained" | "node_failed" | "fault" | "supervisor_hung_up" | "outside_hung_up" | "message_left" | "left_in_menu" | "menu_ended";
        CallId: string;
        "CallId.asked": string;
        CallOffers: {
            call: components["schemas"]["CallId"];
            offers: components["schemas"]["Offer"][];
            waits?: components["schemas"]["WaitReason"] | null;
        };
        Callback: {
            call?: components["schemas"]["CallId"] | null;
            contacted_by_unit?: boolean | null;
            grade?: components["schemas"]["Satisfaction"] | null;
            how: components["schemas"]["CallbackChannel"];
            reached: components["schemas"]["Reached"];
            result_true?: boolean | null;
            solved?: components["schemas"]["Solved"] | null;
            text: string;
        };
        "Callback.asked": {
            call?: components["schemas"]["CallId.asked"] | null;
            contacted_by_unit?: boolean | null;
            grade?: components["schemas"]["Satisfaction.asked"] | null;
            how: components["schemas"]["CallbackChannel.asked"];
            reached: components["schemas"]["Reached.asked"];
            result_true?: boolean | null;
            solved?: components["schemas"]["Solved.asked"] | null;
            text?: string;
        };
        CallbackAttempt: {
            at: components["schemas"]["Timestamp"];
            by: components["schemas"]["AccountName"] | null;
            callback: components["schemas"]["Callback"];
            round: number;
        };
        CallbackChannel: "sms" | "robot" | "manual" | "web" | "second";
        "CallbackChannel.asked": "sms" | "robot" | "manual" | "web" | "second";
        CallerKind: "person" | "enterprise" | "institution";
        "CallerKind.asked": "person" | "enterprise" | "institution";
        Candidate: {
            agent?: components["schemas"]["AccountName"] | null;
            answered: number;
            idle_ms: number;
            seat: components["schemas"]["SeatId"];
            skills?: {
                [key: string]: number;
            };
            talked_ms: number;
            tier: number;
        };
        CarriedForward: {
            denominator: number;
            numerator: number;
            source: string;
        };
        Cdr: {
            agent: components["schemas"]["AccountName"] | null;
            arrived: components["schemas"]["Timestamp"];
            call: components["schemas"]["CallId"];
            caller: components["schemas"]["Number"];
            caller_voice: components["schemas"]["LegQuality"] | null;
            connected: components["schemas"]["Timestamp"] | null;
            dialled: components["schemas"]["Number"];
            end: components["schemas"]["CallEnd"] | null;
            ended: components["schemas"]["Timestamp"] | null;
            line: components["schemas"]["LineId"];
            offers: number;
            queue: components["schemas"]["QueueId"] | null;
            queued: components["schemas"]["Timestamp"] | null;
            recording: string | null;
            recording_fault: string | null;
            recording_ms: number | null;
            recording_sha256: string | null;
            seat: components["schemas"]["SeatId"] | null;
            seat_voice: components["schemas"]["LegQuality"] | null;
            segments?: components["schemas"]["Segment"][];
            talk_ms: number;
            ticket: components["schemas"]["TicketId"] | null;
            trunk: components["schemas"]["TrunkId"];
            voice_source_assumed: boolean;
            voicemail?: components["schemas"]["Voicemail"] | null;
            wait_ms: number;
        };
        Channel: "phone" | "voicemail" | "mailbox" | "sms" | "weibo" | "wechat" | "forum" | "app" | "visit" | "outreach" | "upper" | "police" | "grid" | "platform" | "found";
        "Channel.asked": "phone" | "voicemail" | "mailbox" | "sms" | "weibo" | "wechat" | "forum" | "app" | "visit" | "outreach" | "upper" | "police" | "grid" | "platform" | "found";
        Clock: {
            end: components["schemas"]["ClockEnd"] | null;
            extensions: components["schemas"]["Extension"][];
            pauses: components["schemas"]["Pauses"];
            promise: components["schemas"]["ClockTerms"];
            started: components["schemas"]["Timestamp"] | null;
            told: components["schemas"]["Timestamp"] | null;
        };
        ClockEnd: {
            met: components["schemas"]["Timestamp"];
        } | {
            stopped: components["schemas"]["Timestamp"];
        };
        ClockKind: "answer" | "sign" | "return_window" | "first_contact" | "quick_respond" | "quick_danger" | "handle_a" | "handle_b" | "handle_c" | "handle_consult" | "supervise_review" | "leader_signed" | "hub_accept" | "hub_reply" | "callback_start" | "filing_review" | "arbitrate" | "appeal" | "lost_call" | "message_ack" | "message_human" | "review" | "upper";
        "ClockKind.asked": "answer" | "sign" | "return_window" | "first_contact" | "quick_respond" | "quick_danger" | "handle_a" | "handle_b" | "handle_c" | "handle_consult" | "supervise_review" | "leader_signed" | "hub_accept" | "hub_reply" | "callback_start" | "filing_review" | "arbitrate" | "appeal" | "lost_call" | "message_ack" | "message_human" | "review" | "upper";
        ClockShown: {
            allowed: components["schemas"]["TimeAmount"];
            assignment?: components["schemas"]["AssignmentId"] | null;
            code: string;
            consumed: components["schemas"]["TimeAmount"];
            due: components["schemas"]["Timestamp"] | null;
            kind: components["schemas"]["ClockKind"];
            level: components["schemas"]["OverdueLevel"];
            policy: number;
            provisional: boolean;
            remaining: components["schemas"]["TimeAmount"];
            standing: components["schemas"]["ClockStatus"];
            unit?: components["schemas"]["UnitId"] | null;
            why: string[];
        };
        ClockStatus: "armed" | "running" | {
            paused: components["schemas"]["PauseCause"];
        } | {
            met: {
                at: components["schemas"]["Timestamp"];
                on_time: boolean;
            };
        } | {
            stopped: components["schemas"]["Timestamp"];
        };
        ClockTerms: {
            allowance: components["schemas"]["Allowance"];
            kind: components["schemas"]["ClockKind"];
            policy: number;
        };
        "ClockTerms.asked": {
            allowance: components["schemas"]["Allowance.asked"];
            kind: components["schemas"]["ClockKind.asked"];
            policy: number;
        };
        Clocks: {
            clocks: components["schemas"]["ClockShown"][];
            rules: components["schemas"]["InForce"];
        };
        CommandReceipt: {
            seq: number;
            ticket: components["schemas"]["TicketId"] | null;
        };
        Commitment: {
            by: string;
            due: components["schemas"]["Timestamp"];
            what: string;
        };
        "Commitment.asked": {
            by: string;
            due: components["schemas"]["Timestamp.asked"];
            what: string;
        };
        ComplaintTarget: {
            name: components["schemas"]["Private"];
            unit?: components["schemas"]["UnitId"] | null;
        };
        "ComplaintTarget.asked": {
            name: components["schemas"]["Private.asked"];
            unit?: components["schemas"]["UnitId.asked"] | null;
        };
        ConfigChange: {
            file: string;
            kind: string;
            of: string;
            takes: string;
            text: string;
        };
        ConfigEntry: {
            at: components["schemas"]["Timestamp"];
            by?: components["schemas"]["AccountName"] | null;
            cause: string;
            changes: string[];
            changes_in_all: number;
            seq: number;
            version: string;
        };
        ConfigHistory: {
            changed_files: string[];
            configs: components["schemas"]["ConfigEntry"][];
        };
        "ContactMade.asked": {
            call?: components["schemas"]["CallId.asked"] | null;
            how?: components["schemas"]["ReplyBy.asked"];
            number?: components["schemas"]["Number.asked"];
            purpose: components["schemas"]["ContactPurpose.asked"];
            reached: components["schemas"]["Reached.asked"];
            text: string;
            with: components["schemas"]["Private.asked"];
        };
        ContactOption: {
            name: components["schemas"]["Private"];
            number: components["schemas"]["Number"];
            on_duty: components["schemas"]["ContactRole"];
            post: string;
            unit: components["schemas"]["UnitId"];
        };
        "ContactPurpose.asked": "info" | "first_contact" | "competence" | "coordination" | "other";
        ContactRole: {
            roster: components["schemas"]["DutyTime"];
        } | "liaison" | "public_phone";
        Date: {
            day: number;
            month: number;
            year: number;
        };
        "Date.asked": {
            day: number;
            month: number;
            year: number;
        };
        Datum: "wgs84" | "gcj02" | "bd09";
        "Datum.asked": "wgs84" | "gcj02" | "bd09";
        DayPercentiles: {
            median: number;
            p90: number;
        };
        DeadLetter: {
            at: components["schemas"]["Timestamp"];
            key: string;
            kind?: string | null;
            resending: boolean;
            seq: number;
            status: number;
            ticket?: components["schemas"]["TicketId"] | null;
            why: string;
        };
        Decision: {
            candidates: components["schemas"]["Candidate"][];
            eligible: number;
            overflow?: components["schemas"]["QueueId"] | null;
            queue: components["schemas"]["QueueId"];
            requirement?: components["schemas"]["Requirement"];
            rule: components["schemas"]["DecisionRule"];
            ruled_out?: components["schemas"]["RuledOut"][];
            waited_ms: number;
        };
        DecisionRule: "only_candidate" | "own_queue" | "lowest_tier" | "longest_idle" | "round_robin" | "fewest_calls" | "least_talk" | "best_skill" | "linear";
        Destination: {
            at?: components["schemas"]["Timestamp"] | null;
            carried: boolean;
            dead: number;
            destination: components["schemas"]["DestinationId"];
            done: number;
            events: string[];
            letters: number;
            missing: number;
            reconciled?: components["schemas"]["Reconciliation"] | null;
            reconciles: boolean;
            resending: number;
            stuck?: components["schemas"]["StuckDestination"] | null;
            waiting: components["schemas"]["PendingDeliveries"];
        };
        "DestinationCommand.asked": {
            payload: {
                seq: number;
            };
            type: "resend";
        } | {
            type: "resend_all";
        } | {
            payload: {
                reason: string;
                seq: number;
            };
            type: "drop";
        } | {
            payload: {
                reason: string;
            };
            type: "settle";
        };
        DestinationId: string;
        "Details.asked": {
            agent?: components["schemas"]["AccountName.asked"] | null;
            by_s?: number | null;
            reason?: string | null;
        };
        Difficulty: "simple" | "ordinary" | "complex";
        "Difficulty.asked": "simple" | "ordinary" | "complex";
        DirectoryChange: {
            Area: [
                components["schemas"]["AreaId"],
                components["schemas"]["Revision"]
            ];
        } | {
            Unit: [
                components["schemas"]["UnitId"],
                components["schemas"]["Revision2"]
            ];
        } | {
            Topic: [
                components["schemas"]["TopicId"],
                components["schemas"]["Revision3"]
            ];
        } | {
            Route: [
                components["schemas"]["RouteKey"],
                components["schemas"]["Revision4"]
            ];
        } | {
            Grade: [
                components["schemas"]["GradeKey"],
                components["schemas"]["Revision5"]
            ];
        } | {
            Duty: [
                components["schemas"]["UnitId"],
                components["schemas"]["DutyTime"],
                components["schemas"]["DutyContact"][]
            ];
        };
        "DirectoryChange.asked": {
            Area: [
                components["schemas"]["AreaId.asked"],
                components["schemas"]["Revision.asked"]
            ];
        } | {
            Unit: [
                components["schemas"]["UnitId.asked"],
                components["schemas"]["Revision2.asked"]
            ];
        } | {
            Topic: [
                components["schemas"]["TopicId.asked"],
                components["schemas"]["Revision3.asked"]
            ];
        } | {
            Route: [
                components["schemas"]["RouteKey.asked"],
                components["schemas"]["Revision4.asked"]
            ];
        } | {
            Grade: [
                components["schemas"]["GradeKey.asked"],
                components["schemas"]["Revision5.asked"]
            ];
        } | {
            Duty: [
                components["schemas"]["UnitId.asked"],
                components["schemas"]["DutyTime.asked"],
                components["schemas"]["DutyContact.asked"][]
            ];
        };
        "DirectoryCommand.asked": {
            payload: {
                changes: components["schemas"]["DirectoryChange.asked"][];
                note: string;
            };
            type: "draft";
        } | {
            payload: {
                note: string;
                tables: {
                    [key: string]: string;
                };
            };
            type: "import";
        } | {
            payload: {
                draft: number;
            };
            type: "approve";
        } | {
            payload: {
                draft: number;
                reason: string;
            };
            type: "refuse";
        } | {
            payload: {
                contacts: components["schemas"]["DutyContact.asked"][];
                time: components["schemas"]["DutyTime.asked"];
                unit: components["schemas"]["UnitId.asked"];
            };
            type: "write_duty";
        };
        "Dispatch.asked": {
            clocks?: components["schemas"]["ClockTerms.asked"][];
            emergency?: string | null;
            grade: components["schemas"]["Grade.asked"];
            note?: string;
            parts: components["schemas"]["DispatchPart.asked"][];
            reason?: string | null;
            supervise: components["schemas"]["UnitId.asked"];
            supervisor: string;
        };
        DispatchMethod: {
            phone: {
                call: components["schemas"]["CallId"];
                listener: string;
            };
        } | "network" | {
            written: {
                document: string;
                scan: string;
            };
        };
        "DispatchMethod.asked": {
            phone: {
                call: components["schemas"]["CallId.asked"];
                listener: string;
            };
        } | "network" | {
            written: {
                document: string;
                scan: string;
            };
        };
        "DispatchPart.asked": {
            method: components["schemas"]["DispatchMethod.asked"];
            required?: boolean;
            role: components["schemas"]["DispatchRole.asked"];
            unit: components["schemas"]["UnitId.asked"];
        };
        DispatchRole: "lead" | "assist" | "supervise";
        "DispatchRole.asked": "lead" | "assist" | "supervise";
        Disposition: "valid" | "vent" | "repeat" | "test_call" | "misdial" | "other_service" | "silent" | "hung_up" | "drunk" | "abuse" | "harassment" | "threat";
        "Disposition.asked": "valid" | "vent" | "repeat" | "test_call" | "misdial" | "other_service" | "silent" | "hung_up" | "drunk" | "abuse" | "harassment" | "threat";
        Dissatisfaction: {
            changed: string | null;
            in_vain: number;
            opened: components["schemas"]["Timestamp"];
            state: components["schemas"]["DissatisfactionState"];
            struck_off: components["schemas"]["Timestamp"] | null;
            unit: components["schemas"]["UnitId"] | null;
        };
        "DissatisfactionCommand.asked": {
            type: "start_rework";
        } | {
            payload: {
                changed: string;
            };
            type: "claim";
        } | {
            payload: components["schemas"]["Callback.asked"];
            type: "call_back";
        } | {
            type: "strike_off";
        };
        DissatisfactionState: "open" | "rework" | "claimed" | "verified" | "cancelled";
        "DivertTarget.asked": "police" | "fire" | "ambulance" | "traffic" | "other_hotline" | "other_line";
        Drafted: {
            at: components["schemas"]["Timestamp"];
            by: components["schemas"]["Actor"];
            changes: components["schemas"]["DirectoryChange"][];
            draft: number;
            note: string;
        };
        DrillDown: {
            figure: components["schemas"]["Figure"];
            items: string[];
            next?: string | null;
            total: number;
        };
        DueReport: {
            period: string;
            report: string;
            since: components["schemas"]["Timestamp"];
        };
        DutyContact: {
            name?: components["schemas"]["Private"];
            number: components["schemas"]["Number"];
            post: string;
        };
        "DutyContact.asked": {
            name?: components["schemas"]["Private.asked"];
            number: components["schemas"]["Number.asked"];
            post: string;
        };
        DutyTime: "weekday" | "night" | "holiday";
        "DutyTime.asked": "weekday" | "night" | "holiday";
        Emotion: "calm" | "upset" | "furious";
        "Emotion.asked": "calm" | "upset" | "furious";
        EscalationContacts: {
            next: components["schemas"]["ContactOption"] | null;
            rungs: components["schemas"]["ContactOption"][];
        };
        EscalationStep: "urge_handler_and_liaison" | "urge_unit_head" | "ask_reason" | "written_urge" | {
            propose_order: components["schemas"]["OrderLevel"];
        } | "criticise_in_bulletin" | "propose_discipline";
        EstimateAccuracy: {
            bias_ms: number;
            compared: number;
            error_ms: number;
            mean_bias_ms: number | null;
            mean_error_ms: number | null;
        };
        Evaluation: {
            at: components["schemas"]["Timestamp"];
            contacted: boolean | null;
            grade: components["schemas"]["Satisfaction"];
            round: number;
            solved: components["schemas"]["Solved"] | null;
        };
        Excluded: {
            n: number;
            reason: components["schemas"]["ExclusionReason"];
        };
        ExclusionReason: "short_abandon" | "ended_in_menu" | "missed_call" | "aside" | "returned" | "withdrawn" | "stopped" | "not_yet_due" | "no_limit" | "unreasonable" | "appeal" | "not_asked" | "not_registered";
        ExpectSeq: {
            expect_seq?: number;
        };
        Extension: {
            asked_at: components["schemas"]["Timestamp"];
            by: components["schemas"]["ExtensionApprover"];
            days: number;
        };
        ExtensionApprover: "supervision_group" | "director";
        ExternalReference: {
            due?: components["schemas"]["Timestamp"] | null;
            number: string;
            system: string;
        };
        "ExternalReference.asked": {
            due?: components["schemas"]["Timestamp.asked"] | null;
            number: string;
            system: string;
        };
        Fault: {
            field: string;
            what: string;
        };
        Figure: {
            basis: components["schemas"]["Basis"];
            carried?: components["schemas"]["CarriedForward"] | null;
            chinese: string;
            code: string;
            denominator: number;
            english: string;
            excluded: components["schemas"]["Excluded"][];
            how: string;
            numerator: number;
            shape: components["schemas"]["Shape"];
            shown: string;
            spread?: components["schemas"]["DayPercentiles"] | null;
            unmeasured?: string | null;
        };
        "FilingCommand.asked": {
            payload: components["schemas"]["FilingForm.asked"];
            type: "draft";
        } | {
            payload: {
                report: string;
                seal: string;
            };
            type: "submit";
        } | {
            payload: {
                knowledge?: components["schemas"]["KnowledgeId.asked"] | null;
                second: components["schemas"]["AccountName.asked"];
            };
            type: "approve";
        } | {
            payload: {
                reason: string;
            };
            type: "reject";
        } | {
            payload: {
                reason: string;
            };
            type: "revoke";
        };
        FilingForm: {
            answer: string;
            complex: string;
            exhausted: string;
            repeated: string;
            unit: components["schemas"]["UnitId"];
            unsatisfiable: string;
        };
        "FilingForm.asked": {
            answer: string;
            complex: string;
            exhausted: string;
            repeated: string;
            unit: components["schemas"]["UnitId.asked"];
            unsatisfiable: string;
        };
        FilingId: string;
        "FilingId.asked": string;
        FilingState: "drafted" | "submitted" | "approved" | "rejected" | "expired" | "revoked";
        FollowUp: {
            binding: boolean;
            due: components["schemas"]["Timestamp"];
            source?: components["schemas"]["FollowUpSource"] | null;
            what: string;
        };
        "FollowUp.asked": {
            binding: boolean;
            due: components["schemas"]["Timestamp.asked"];
            source?: components["schemas"]["FollowUpSource.asked"] | null;
            what: string;
        };
        FollowUpSource: {
            promise: number;
        } | {
            days: number;
        };
        "FollowUpSource.asked": {
            promise: number;
        } | {
            days: number;
        };
        Form: {
            address?: components["schemas"]["Private"] | null;
            affected?: number | null;
            against?: components["schemas"]["ComplaintTarget"] | null;
            area?: components["schemas"]["AreaId"] | null;
            attachments?: string[] | null;
            caller_kind?: components["schemas"]["CallerKind"] | null;
            change_since_last?: string | null;
            confidential?: boolean | null;
            contact?: components["schemas"]["Number"] | null;
            contact_alt?: components["schemas"]["Number"] | null;
            content?: string | null;
            danger?: boolean | null;
            difficulty?: components["schemas"]["Difficulty"] | null;
            emotion_in?: components["schemas"]["Emotion"] | null;
            emotion_out?: components["schemas"]["Emotion"] | null;
            employer?: components["schemas"]["Private"] | null;
            first_occurred?: components["schemas"]["Timestamp"] | null;
            foreign?: components["schemas"]["ExternalReference"][] | null;
            grade?: components["schemas"]["Grade"] | null;
            importance?: components["schemas"]["Importance"] | null;
            name?: components["schemas"]["Private"] | null;
            occurred_from?: components["schemas"]["Timestamp"] | null;
            occurred_to?: components["schemas"]["Timestamp"] | null;
            purpose?: components["schemas"]["Purpose"] | null;
            quick_kind?: string | null;
            recurrence?: string | null;
            reply_by?: components["schemas"]["ReplyBy"] | null;
            scope?: components["schemas"]["Scope"] | null;
            sensitive?: boolean | null;
            spot?: components["schemas"]["MapPoint"] | null;
            suggestion?: string | null;
            summary?: string | null;
            tags?: string[] | null;
            title?: string | null;
            topic?: components["schemas"]["TopicId"] | null;
        };
        "Form.asked": {
            address?: components["schemas"]["Private.asked"] | null;
            affected?: number | null;
            against?: components["schemas"]["ComplaintTarget.asked"] | null;
            area?: components["schemas"]["AreaId.asked"] | null;
            attachments?: string[] | null;
            caller_kind?: components["schemas"]["CallerKind.asked"] | null;
            change_since_last?: string | null;
            confidential?: boolean | null;
            contact?: components["schemas"]["Number.asked"] | null;
            contact_alt?: components["schemas"]["Number.asked"] | null;
            content?: string | null;
            danger?: boolean | null;
            difficulty?: components["schemas"]["Difficulty.asked"] | null;
            emotion_in?: components["schemas"]["Emotion.asked"] | null;
            emotion_out?: components["schemas"]["Emotion.asked"] | null;
            employer?: components["schemas"]["Private.asked"] | null;
            first_occurred?: components["schemas"]["Timestamp.asked"] | null;
            foreign?: components["schemas"]["ExternalReference.asked"][] | null;
            grade?: components["schemas"]["Grade.asked"] | null;
            importance?: components["schemas"]["Importance.asked"] | null;
            name?: components["schemas"]["Private.asked"] | null;
            occurred_from?: components["schemas"]["Timestamp.asked"] | null;
            occurred_to?: components["schemas"]["Timestamp.asked"] | null;
            purpose?: components["schemas"]["Purpose.asked"] | null;
            quick_kind?: string | null;
            recurrence?: string | null;
            reply_by?: components["schemas"]["ReplyBy.asked"] | null;
            scope?: components["schemas"]["Scope.asked"] | null;
            sensitive?: boolean | null;
            spot?: components["schemas"]["MapPoint.asked"] | null;
            suggestion?: string | null;
            summary?: string | null;
            tags?: string[] | null;
            title?: string | null;
            topic?: components["schemas"]["TopicId.asked"] | null;
        };
        Gap: {
            first: components["schemas"]["Date"];
            last: components["schemas"]["Date"];
            why: components["schemas"]["GapReason"];
        };
        GapReason: "no_turn" | {
            all_away: components["schemas"]["AccountName"];
        };
        Grade: "a" | "b" | "c";
        "Grade.asked": "a" | "b" | "c";
        GradeKey: {
            difficulty?: components["schemas"]["Difficulty"] | null;
            scope?: components["schemas"]["Scope"] | null;
            topic?: components["schemas"]["TopicId"] | null;
        };
        "GradeKey.asked": {
            difficulty?: components["schemas"]["Difficulty.asked"] | null;
            scope?: components["schemas"]["Scope.asked"] | null;
            topic?: components["schemas"]["TopicId.asked"] | null;
        };
        GradeRule: {
            grade: components["schemas"]["Grade"];
        };
        "GradeRule.asked": {
            grade: components["schemas"]["Grade.asked"];
        };
        Gratitude: "call" | "letter" | "banner";
        "Gratitude.asked": "call" | "letter" | "banner";
        GroupId: string;
        "GroupId.asked": string;
        "GuestChoice.asked": {
            number?: string | null;
            seat?: components["schemas"]["SeatId.asked"] | null;
        };
        HandlingOutcome: "solved" | "partly" | {
            planned: {
                until: components["schemas"]["Timestamp"];
            };
        } | "explained" | "policy_limit" | "not_ours" | {
            legal_case: {
                number: string;
            };
        } | "withdrawn";
        "HandlingOutcome.asked": "solved" | "partly" | {
            planned: {
                until: components["schemas"]["Timestamp.asked"];
            };
        } | "explained" | "policy_limit" | "not_ours" | {
            legal_case: {
                number: string;
            };
        } | "withdrawn";
        HandlingResult: {
            action: string;
            attachments: string[];
            basis: string[];
            evidence: string[];
            finding: string;
            outcome: components["schemas"]["HandlingOutcome"];
            public_text: string;
            verdict: components["schemas"]["Verdict"];
        };
        "HandlingResult.asked": {
            action: string;
            attachments?: string[];
            basis?: string[];
            evidence?: string[];
            finding: string;
            outcome: components["schemas"]["HandlingOutcome.asked"];
            public_text?: string;
            verdict: components["schemas"]["Verdict.asked"];
        };
        Handover: {
            from: components["schemas"]["UnitId"];
            to: components["schemas"]["Successor"];
            work: components["schemas"]["AssignmentId"][];
        };
        History: {
            items: components["schemas"]["Step"][];
            next?: number | null;
        };
        Hotline: {
            hotline: string;
            queue_order: components["schemas"]["QueueId"][];
            queues: {
                [key: string]: string;
            };
            version: string;
            zone: string;
        };
        "Import.asked": {
            note: string;
            tables: {
                [key: string]: string;
            };
        };
        Importance: "normal" | "important" | "leader";
        "Importance.asked": "normal" | "important" | "leader";
        Imported: {
            known: number;
            opened: number;
            passed_over: number;
            read_as?: string | null;
            taken_over: number;
        };
        InForce: {
            document: string;
            effective_from: components["schemas"]["Date"];
            version: number;
        };
        Instruction: {
            for_leader?: components["schemas"]["AccountName"] | null;
            leader: components["schemas"]["AccountName"];
            scan?: string | null;
            text: string;
        };
        "Instruction.asked": {
            due?: string | null;
            period: string;
            text: string;
            ticket?: components["schemas"]["TicketId.asked"] | null;
            unit?: components["schemas"]["UnitId.asked"] | null;
        };
        "KnowledgeCommand.asked": {
            payload: {
                question: string;
                ticket?: components["schemas"]["TicketId.asked"] | null;
                topic?: components["schemas"]["TopicId.asked"] | null;
            };
            type: "want";
        } | {
            payload: {
                id?: components["schemas"]["KnowledgeId.asked"] | null;
                text: components["schemas"]["KnowledgeText.asked"];
            };
            type: "write";
        } | {
            payload: {
                base: number;
                id: components["schemas"]["KnowledgeId.asked"];
                text: components["schemas"]["KnowledgeText.asked"];
            };
            type: "revise";
        } | {
            payload: {
                id: components["schemas"]["KnowledgeId.asked"];
            };
            type: "submit";
        } | {
            payload: {
                answer: components["schemas"]["ReviewAnswer.asked"];
                id: components["schemas"]["KnowledgeId.asked"];
                version: number;
            };
            type: "review";
        } | {
            payload: {
                id: components["schemas"]["KnowledgeId.asked"];
                visibility: components["schemas"]["Visibility.asked"];
            };
            type: "show";
        } | {
            payload: {
                id: components["schemas"]["KnowledgeId.asked"];
                ticket: components["schemas"]["TicketId.asked"];
            };
            type: "use";
        } | {
            payload: {
                id: components["schemas"]["KnowledgeId.asked"];
                text: string;
                ticket?: components["schemas"]["TicketId.asked"] | null;
            };
            type: "report";
        } | {
            payload: {
                id: components["schemas"]["KnowledgeId.asked"];
                reason: string;
            };
            type: "dismiss";
        } | {
            payload: {
                id: components["schemas"]["KnowledgeId.asked"];
                reason: string;
            };
            type: "retire";
        };
        KnowledgeId: string;
        "KnowledgeId.asked": string;
        KnowledgeItem: {
            changed: components["schemas"]["Timestamp"];
            dues: components["schemas"]["ReviewDate"][];
            id: components["schemas"]["KnowledgeId"];
            published: [
                number,
                components["schemas"]["Visibility"]
            ] | null;
            reason: string;
            reports: components["schemas"]["Report"][];
            seq: number;
            state: components["schemas"]["KnowledgeState"];
            uses: components["schemas"]["Uses"];
            versions: components["schemas"]["Version"][];
            want: components["schemas"]["Want"] | null;
        };
        KnowledgeKept: {
            item?: components["schemas"]["KnowledgeId"] | null;
            seq: number;
        };
        KnowledgeLine: {
            answer: string;
            id: components["schemas"]["KnowledgeId"];
            line?: components["schemas"]["LineId"] | null;
            owner: components["schemas"]["UnitId"] | null;
            question?: components["schemas"]["TextPart"][];
            questions: string[];
            review_by?: components["schemas"]["Date"] | null;
            score?: number;
            seq: number;
            snippet?: components["schemas"]["TextPart"][];
            stale: boolean;
            state: components["schemas"]["KnowledgeState"];
            topics: components["schemas"]["TopicId"][];
            uses: number;
            version?: number;
            visibility: components["schemas"]["Visibility"];
        };
        KnowledgeList: {
            items: components["schemas"]["KnowledgeLine"][];
            next?: components["schemas"]["KnowledgeId"] | null;
        };
        KnowledgeState: "wanted" | "draft" | "submitted" | "sent_back" | "published" | "retired";
        "KnowledgeState.asked": "wanted" | "draft" | "submitted" | "sent_back" | "published" | "retired";
        KnowledgeText: {
            answer: string;
            basis: string[];
            line?: components["schemas"]["LineId"] | null;
            owner: components["schemas"]["UnitId"];
            questions: string[];
            topics: components["schemas"]["TopicId"][];
            valid_from?: components["schemas"]["Date"] | null;
            valid_to?: components["schemas"]["Date"] | null;
        };
        "KnowledgeText.asked": {
            answer: string;
            basis?: string[];
            line?: components["schemas"]["LineId.asked"] | null;
            owner: components["schemas"]["UnitId.asked"];
            questions: string[];
            topics: components["schemas"]["TopicId.asked"][];
            valid_from?: components["schemas"]["Date.asked"] | null;
            valid_to?: components["schemas"]["Date.asked"] | null;
        };
        "Language.asked": "zh" | "en";
        "LeaderCommand.asked": {
            payload: {
                days: components["schemas"]["TenDays.asked"];
                turn: components["schemas"]["SigningTurn.asked"];
            };
            type: "write_turn";
        } | {
            payload: {
                table: string;
            };
            type: "import_roster";
        } | {
            payload: {
                days: components["schemas"]["TenDays.asked"];
            };
            type: "clear_turn";
        } | {
            payload: {
                from: components["schemas"]["Date.asked"];
                last: components["schemas"]["Date.asked"];
                leader: components["schemas"]["AccountName.asked"];
                reason: string;
            };
            type: "write_away";
        } | {
            payload: {
                from: components["schemas"]["Date.asked"];
                leader: components["schemas"]["AccountName.asked"];
            };
            type: "clear_away";
        } | {
            payload: {
                plan: components["schemas"]["LeaderSessionPlan.asked"];
                session?: components["schemas"]["LeaderSessionId.asked"] | null;
            };
            type: "plan_session";
        } | {
            payload: {
                reason: string;
                session: components["schemas"]["LeaderSessionId.asked"];
            };
            type: "cancel_session";
        } | {
            payload: {
                session: components["schemas"]["LeaderSessionId.asked"];
            };
            type: "open_session";
        } | {
            payload: {
                call: components["schemas"]["CallId.asked"];
                decided?: boolean;
                session: components["schemas"]["LeaderSessionId.asked"];
                ticket: components["schemas"]["TicketId.asked"];
            };
            type: "take_call";
        } | {
            payload: {
                session: components["schemas"]["LeaderSessionId.asked"];
            };
            type: "close_session";
        };
        LeaderSession: {
            id: components["schemas"]["LeaderSessionId"];
            plan: components["schemas"]["LeaderSessionPlan"];
            state: components["schemas"]["SessionState"];
            taken: components["schemas"]["SessionCall"][];
        };
        LeaderSessionId: number;
        "LeaderSessionId.asked": number;
        LeaderSessionPlan: {
            agent: components["schemas"]["AccountName"];
            announcement?: string;
            from: components["schemas"]["Timestamp"];
            leader: components["schemas"]["AccountName"];
            seat: components["schemas"]["SeatId"];
            to: components["schemas"]["Timestamp"];
            units: components["schemas"]["UnitId"][];
        };
        "LeaderSessionPlan.asked": {
            agent: components["schemas"]["AccountName.asked"];
            announcement?: string;
            from: components["schemas"]["Timestamp.asked"];
            leader: components["schemas"]["AccountName.asked"];
            seat: components["schemas"]["SeatId.asked"];
            to: components["schemas"]["Timestamp.asked"];
            units: components["schemas"]["UnitId.asked"][];
        };
        LeaderSessionReport: {
            id: components["schemas"]["LeaderSessionId"];
            plan: components["schemas"]["LeaderSessionPlan"];
            report: components["schemas"]["SessionTotals"];
            state: components["schemas"]["SessionState"];
            taken: components["schemas"]["SessionCall"][];
        };
        LeaderTurn: {
            days: components["schemas"]["TenDays"];
            turn: components["schemas"]["SigningTurn"];
        };
        Leaders: {
            gaps: components["schemas"]["Gap"][];
            sessions: components["schemas"]["LeaderSession"][];
            signs?: components["schemas"]["Signer"] | null;
            turns: components["schemas"]["LeaderTurn"][];
        };
        LegBoard: {
            joined: boolean;
            since: components["schemas"]["Timestamp"];
        } & ({
            role: "colleague";
            seat: components["schemas"]["SeatId"];
        } | {
            mode: components["schemas"]["MonitorMode"];
            role: "supervisor";
            seat: components["schemas"]["SeatId"];
        } | {
            number: components["schemas"]["Number"];
            role: "external";
        });
        "LegId.asked": number;
        LegQuality: {
            received?: components["schemas"]["StreamQuality"] | null;
            round_trip_ms?: number | null;
            sent?: components["schemas"]["StreamQuality"] | null;
        };
        Liaison: {
            name: components["schemas"]["Private"];
            number: components["schemas"]["Number"];
        };
        "Liaison.asked": {
            name: components["schemas"]["Private.asked"];
            number: components["schemas"]["Number.asked"];
        };
        LineId: string;
        "LineId.asked": string;
        "LogIn.asked": {
            name: string;
            password: string;
        };
        Login: "logged_out" | {
            logged_in: {
                agent: components["schemas"]["AccountName"] | null;
            };
        };
        MapPoint: {
            datum: components["schemas"]["Datum"];
            lat: number;
            long: number;
        };
        "MapPoint.asked": {
            datum: components["schemas"]["Datum.asked"];
            lat: number;
            long: number;
        };
        Matter: {
            count: number;
            filings: components["schemas"]["MatterFiling"][];
            matter: components["schemas"]["MatterId"];
            orders: components["schemas"]["MatterOrder"][];
            tickets: components["schemas"]["MatterTicket"][];
        };
        MatterFiling: {
            approved: components["schemas"]["Timestamp"] | null;
            form: components["schemas"]["FilingForm"];
            id: components["schemas"]["FilingId"];
            knowledge: components["schemas"]["KnowledgeId"] | null;
            state: components["schemas"]["FilingState"];
            submitted: components["schemas"]["Timestamp"] | null;
            valid_to: components["schemas"]["Timestamp"] | null;
        };
        MatterId: components["schemas"]["TicketId"];
        "MatterId.asked": components["schemas"]["TicketId.asked"];
        MatterOrder: {
            answered: components["schemas"]["Timestamp"] | null;
            id: components["schemas"]["OrderId"];
            issued: components["schemas"]["Timestamp"] | null;
            issuers: string[];
            level: components["schemas"]["OrderLevel"];
            state: components["schemas"]["OrderState"];
            unit: components["schemas"]["UnitId"];
        };
        MatterTicket: {
            follows: boolean;
            state: components["schemas"]["TicketState"];
            ticket: components["schemas"]["TicketId"];
        };
        Me: {
            ends?: string | null;
            must_change_password?: boolean;
            name: components["schemas"]["AccountName"];
            real_name?: string;
            rights: components["schemas"]["Right"][];
            role: string;
            unit?: components["schemas"]["UnitId"] | null;
        };
        MenuId: string;
        MissedReason: "unanswered" | "silent" | "busy" | "declined" | "forbidden" | "redirected" | "not_found" | "unavailable" | "no_service" | "not_acceptable" | "server_error" | "other";
        "MonitorChoice.asked": {
            mode: components["schemas"]["MonitorMode.asked"];
            seat: components["schemas"]["SeatId.asked"];
        };
        MonitorMode: "listen" | "whisper" | "barge";
        "MonitorMode.asked": "listen" | "whisper" | "barge";
        MonthThird: "early" | "middle" | "late";
        "MonthThird.asked": "early" | "middle" | "late";
        NamedArea: {
            code: components["schemas"]["AreaId"];
            name: string;
            parent?: components["schemas"]["AreaId"] | null;
        };
        NamedTopic: {
            code: components["schemas"]["TopicId"];
            english?: string;
            grade?: components["schemas"]["Grade"] | null;
            name: string;
        };
        NamedUnit: {
            area?: components["schemas"]["AreaId"] | null;
            code: components["schemas"]["UnitId"];
            kind: components["schemas"]["UnitKind"];
            name: string;
            parent?: components["schemas"]["UnitId"] | null;
            short: string;
        };
        Names: {
            areas: components["schemas"]["NamedArea"][];
            topics: components["schemas"]["NamedTopic"][];
            units: components["schemas"]["NamedUnit"][];
        };
        "NewAccount.asked": {
            disabled?: boolean | null;
            employer?: string | null;
            ends?: string | null;
            group?: string | null;
            must_change_password?: boolean | null;
            name: string;
            real_name?: string | null;
            role?: string | null;
            starts?: string | null;
            unit?: string | null;
        };
        "NewPassword.asked": {
            new: string;
            old: string;
        };
        "NewTicket.asked": {
            caller?: components["schemas"]["Number.asked"];
            channel: components["schemas"]["Channel.asked"];
            form?: components["schemas"]["Form.asked"];
            line?: components["schemas"]["LineId.asked"];
            message?: string | null;
        };
        NoSuccessor: unknown;
        "NoSuccessor.asked": unknown;
        "NotAcceptedReason.asked": "other_procedure" | "in_petition" | "secret" | "privacy" | "against_morals" | "other_territory" | "emergency_line" | "same_facts_closed";
        NotReadyReason: "break" | "meal" | "training" | "meeting" | "coaching" | "admin" | "outbound" | "leader" | "rona" | "rejected" | "busy" | "unreachable" | "system";
        Number: string;
        "Number.asked": string;
        Offer: {
            decision?: components["schemas"]["Decision"] | null;
            made: components["schemas"]["Timestamp"];
            outcome?: components["schemas"]["OfferOutcome"] | null;
            seat: components["schemas"]["SeatId"];
        };
        OfferOutcome: {
            accepted: {
                ring_ms: number;
            };
        } | {
            missed: {
                reason?: components["schemas"]["MissedReason"] | null;
                ring_ms: number;
            };
        } | {
            withdrawn: {
                reason: components["schemas"]["WithdrawalReason"];
                ring_ms: number;
            };
        };
        Officer: {
            name: string;
            post: string;
        };
        "Officer.asked": {
            name: string;
            post: string;
        };
        OpenWork: {
            due?: components["schemas"]["Timestamp"] | null;
            id: string;
            kind: string;
        };
        "OrderCommand.asked": {
            event: components["schemas"]["OrderStep.asked"];
            text?: string;
        };
        "OrderDraft.asked": {
            direct?: boolean;
            issuers: string[];
            level: components["schemas"]["OrderLevel.asked"];
            text: string;
            unit: components["schemas"]["UnitId.asked"];
        };
        OrderId: string;
        OrderLevel: "remind" | "warn" | "account";
        "OrderLevel.asked": "remind" | "warn" | "account";
        OrderState: "drafted" | "approved" | "issued" | "receipted" | "return_asked" | "answered" | {
            checked: {
                enough: boolean;
            };
        } | "closed" | "escalated";
        "OrderStep.asked": {
            approved: components["schemas"]["Approver.asked"];
        } | "issued" | "receipted" | "return_asked" | "return_refused" | "return_granted" | {
            answered: components["schemas"]["Post.asked"];
        } | {
            checked: {
                enough: boolean;
            };
        } | "closed" | "escalated";
        OverdueLevel: "o0" | "o1" | "o2" | "o3" | "o4" | "o5";
        OverdueReason: "complex" | "waits_for_others" | "caller_unreachable" | "no_means" | "understaffed" | "overlooked" | "other";
        "OverdueReason.asked": "complex" | "waits_for_others" | "caller_unreachable" | "no_means" | "understaffed" | "overlooked" | "other";
        Page: {
            items: components["schemas"]["AuditEntry"][];
            next?: number | null;
        };
        Page2: {
            items: components["schemas"]["Cdr"][];
            next?: components["schemas"]["CallId"] | null;
        };
        Page3: {
            items: components["schemas"]["Ticket"][];
            next?: components["schemas"]["TicketId"] | null;
        };
        Page4: {
            items: components["schemas"]["DeadLetter"][];
            next?: number | null;
        };
        Pause: {
            cause: components["schemas"]["PauseCause"];
            from: components["schemas"]["Timestamp"];
            to: components["schemas"]["Timestamp"] | null;
        };
        PauseCause: "await_info" | "arbitrating" | "await_leader" | "legal_case" | "force_majeure";
        "PauseCause.asked": "await_info" | "arbitrating" | "await_leader" | "legal_case" | "force_majeure";
        Pauses: components["schemas"]["Pause"][];
        PendingDeliveries: {
            letters: number;
            more: boolean;
            since?: components["schemas"]["Timestamp"] | null;
        };
        PendingExtension: {
            at: components["schemas"]["Timestamp"];
            citizen_told: boolean;
            days: number;
        };
        PeriodFigures: {
            as_of: components["schemas"]["Timestamp"];
            figures: components["schemas"]["Figure"][];
            from: components["schemas"]["Timestamp"];
            period: string;
            to: components["schemas"]["Timestamp"];
            unit?: string | null;
        };
        Post: "handler" | "deputy_head" | "chief";
        "Post.asked": "handler" | "deputy_head" | "chief";
        Private: string;
        "Private.asked": string;
        Problem: {
            allowed?: string[];
            code: components["schemas"]["ProblemCode"];
            detail?: string | null;
            faults?: components["schemas"]["Fault"][];
            seq?: number;
            state?: string | null;
            status: number;
            title: string;
            type: string;
        };
        ProblemCode: "not_logged_in" | "wrong_password" | "unproven" | "account_not_started" | "account_ended" | "account_disabled" | "role_unconfirmed" | "password_due" | "cross_site" | "forbidden" | "not_found" | "seat_not_found" | "call_not_found" | "profile_unchanged" | "method_not_allowed" | "body_stalled" | "not_now" | "stale" | "signed_in_elsewhere" | "seat_taken" | "signed_out" | "phone_unreachable" | "not_in_wrap_up" | "wrap_up_at_most" | "not_talking" | "held_already" | "not_held" | "held_by_phone" | "seat_busy" | "queue_full" | "too_many_parties" | "nobody_asked" | "not_in_call" | "too_many_profiles" | "too_large" | "range_not_satisfiable" | "unclear" | "no_such_queue" | "bad_level" | "bad_tier" | "profile_too_large" | "number_not_allowed" | "ends_in_the_past" | "key_reused" | "too_many" | "too_many_attempts" | "no_trunk" | "no_voice_port" | "unavailable" | "timeout" | "log_failed" | "busy" | "stopping" | "emergency";
        ProblemType: {
            code: components["schemas"]["ProblemCode"];
            status: number;
            title: string;
            type: string;
        };
        ProposedRoute: {
            against?: components["schemas"]["UnitId"] | null;
            area?: components["schemas"]["AreaId"] | null;
            assists?: components["schemas"]["UnitId"][];
            fallback?: components["schemas"]["UnitId"] | null;
            grade: components["schemas"]["Grade"];
            lead: components["schemas"]["UnitId"];
            quick_kind?: string | null;
            supervise?: components["schemas"]["UnitId"] | null;
            topic?: components["schemas"]["TopicId"] | null;
            why: string[];
        };
        PublicUnit: {
            name: string;
            phone: string;
            unit: components["schemas"]["UnitId"];
        };
        PublishedCase: {
            callback?: components["schemas"]["Satisfaction"] | null;
            closed: components["schemas"]["Timestamp"] | null;
            found: string;
            name?: components["schemas"]["Private"] | null;
            result: string;
            says: string;
            title: string;
            unit?: components["schemas"]["PublicUnit"] | null;
        };
        Purpose: "consult" | "help" | "complaint" | "report" | "suggestion" | "praise" | "vent" | "other";
        "Purpose.asked": "consult" | "help" | "complaint" | "report" | "suggestion" | "praise" | "vent" | "other";
        Quarter: {
            aht_ms: number | null;
            alerting_ms: number;
            answered: number;
            handled: number;
            hold_ms: number;
            logged_in_ms: number;
            missed: {
                [key: string]: number;
            };
            no_answer_rate: number | null;
            not_ready_ms: {
                [key: string]: number;
            };
            occupancy: number | null;
            offered: number;
            ready_ms: number;
            start: components["schemas"]["Timestamp"];
            talk_ms: number;
            transferred: number;
            utilisation: number | null;
            withdrawn: number;
            wrap_up_ms: number;
        };
        QueueBoard: {
            abandoned: number;
            answered: number;
            answered_in_15s: number;
            answered_wait_ms: number;
            flowed_out: number;
            forecast: components["schemas"]["EstimateAccuracy"];
            offered: number;
            waiting: components["schemas"]["WaitingCall"][];
        };
        QueueFigures: {
            abandon_wait_ms_mean: number | null;
            abandoned: number;
            abandoned_in_time: number;
            abandoned_wait_ms: number;
            abandonment: number | null;
            abandonment_without_short: number | null;
            answer_rate: number | null;
            answered: number;
            answered_in_time: number;
            answered_wait_ms: number;
            asa_ms: number | null;
            carried: number;
            flowed_out: number;
            flowed_out_wait_ms: number;
            offered: number;
            service_level: {
                [key: string]: number | null;
            };
            short_abandoned: number;
            talk_ms: number;
            talk_ms_mean: number | null;
            talks: number;
            wait_ms_max: number;
            wait_ms_mean: number | null;
            waiting: number;
        };
        QueueId: string;
        "QueueId.asked": string;
        QueueNow: {
            abandoned: number;
            answered: number;
            answered_in_15s: number;
            answered_wait_ms: number;
            flowed_out: number;
            forecast: components["schemas"]["EstimateAccuracy"];
            offered: number;
            queue: components["schemas"]["QueueId"];
            waiting: components["schemas"]["WaitingCall"][];
        };
        QueueQuarter: {
            abandon_wait_ms_mean: number | null;
            abandoned: number;
            abandoned_in_time: number;
            abandoned_wait_ms: number;
            abandonment: number | null;
            abandonment_without_short: number | null;
            answer_rate: number | null;
            answered: number;
            answered_in_time: number;
            answered_wait_ms: number;
            asa_ms: number | null;
            carried: number;
            flowed_out: number;
            flowed_out_wait_ms: number;
            offered: number;
            service_level: {
                [key: string]: number | null;
            };
            short_abandoned: number;
            start: components["schemas"]["Timestamp"];
            talk_ms: number;
            talk_ms_mean: number | null;
            talks: number;
            wait_ms_max: number;
            wait_ms_mean: number | null;
            waiting: number;
        };
        QueueWent: {
            abandon_wait_ms_mean: number | null;
            abandoned: number;
            abandoned_in_time: number;
            abandoned_wait_ms: number;
            abandonment: number | null;
            abandonment_without_short: number | null;
            answer_rate: number | null;
            answered: number;
            answered_in_time: number;
            answered_wait_ms: number;
            asa_ms: number | null;
            carried: number;
            flowed_out: number;
            flowed_out_wait_ms: number;
            measured_by: components["schemas"]["Thresholds"];
            offered: number;
            quarters?: components["schemas"]["QueueQuarter"][] | null;
            queue: components["schemas"]["QueueId"];
            service_level: {
                [key: string]: number | null;
            };
            short_abandoned: number;
            talk_ms: number;
            talk_ms_mean: number | null;
            talks: number;
            wait_ms_max: number;
            wait_ms_mean: number | null;
            waiting: number;
        };
        QueuesWent: {
            from: components["schemas"]["Timestamp"];
            queues: components["schemas"]["QueueWent"][];
            refused: {
                [key: string]: number;
            };
            to: components["schemas"]["Timestamp"];
            total: components["schemas"]["QueueFigures"];
        };
        Reached: "yes" | "no_answer" | "refused" | "wrong_number";
        "Reached.asked": "yes" | "no_answer" | "refused" | "wrong_number";
        Reasonableness: "undecided" | "reasonable" | "unreasonable";
        "Reasonableness.asked": "undecided" | "reasonable" | "unreasonable";
        Reconciliation: {
            at: components["schemas"]["Timestamp"];
            date: components["schemas"]["Date"];
            failed?: string | null;
            letters: number;
            missing: number;
            settled?: boolean;
            unknown: string[];
        };
        RedoReason: "vague" | "perfunctory" | "wrong_facts" | "caller_not_contacted" | "wording" | "no_signature" | "promise_unkept" | "false" | "unsatisfied";
        "RedoReason.asked": "vague" | "perfunctory" | "wrong_facts" | "caller_not_contacted" | "wording" | "no_signature" | "promise_unkept" | "false" | "unsatisfied";
        "Release.asked": {
            period: string;
            unit?: string | null;
            why?: string;
        };
        ReleasedReport: {
            at: components["schemas"]["Timestamp"];
            by?: components["schemas"]["AccountName"] | null;
            facts_sha256: string;
            number: number;
            period: string;
            report: string;
            unit?: components["schemas"]["UnitId"] | null;
            why?: string | null;
        };
        "Reload.asked": {
            dry_run?: boolean;
            move_to?: {
                [key: string]: components["schemas"]["QueueId.asked"];
            };
        };
        Reloaded: {
            changes: components["schemas"]["ConfigChange"][];
            seq?: number | null;
        };
        "RemovedGuest.asked": {
            leg?: components["schemas"]["LegId.asked"] | null;
            number?: string | null;
            seat?: components["schemas"]["SeatId.asked"] | null;
        };
        "ReopenGround.asked": "new_facts" | "relapse" | "false_result";
        ReplyBy: "phone" | "sms" | "letter" | "none";
        "ReplyBy.asked": "phone" | "sms" | "letter" | "none";
        ReplyMade: {
            by_unit: components["schemas"]["UnitId"] | null;
            call?: components["schemas"]["CallId"] | null;
            how: components["schemas"]["ReplyBy"];
            interim: boolean;
            reached: components["schemas"]["Reached"];
            text: string;
        };
        "ReplyMade.asked": {
            by_unit?: components["schemas"]["UnitId.asked"] | null;
            call?: components["schemas"]["CallId.asked"] | null;
            how: components["schemas"]["ReplyBy.asked"];
            interim?: boolean;
            reached: components["schemas"]["Reached.asked"];
            text: string;
        };
        ReplyRule: "hub" | "unit" | "both";
        Report: {
            at: components["schemas"]["Timestamp"];
            by: components["schemas"]["AccountName"] | null;
            text: string;
            ticket: components["schemas"]["TicketId"] | null;
        };
        ReportInstructed: {
            due?: components["schemas"]["Date"] | null;
            leader: components["schemas"]["AccountName"];
            period: string;
            report: string;
            text: string;
            ticket?: components["schemas"]["TicketId"] | null;
            unit?: components["schemas"]["UnitId"] | null;
        };
        ReportReleased: {
            by?: components["schemas"]["AccountName"] | null;
            facts_sha256: string;
            number: number;
            period: string;
            report: string;
            unit?: components["schemas"]["UnitId"] | null;
            why?: string | null;
        };
        Requirement: {
            skills?: {
                [key: string]: number;
            };
        };
        ReturnGround: "not_ours" | "wrong_area" | "duplicate" | "incomplete" | "legal_route" | "other";
        "ReturnGround.asked": "not_ours" | "wrong_area" | "duplicate" | "incomplete" | "legal_route" | "other";
        ReturnRequest: {
            at: components["schemas"]["Timestamp"];
            ground: components["schemas"]["ReturnGround"];
            late: boolean;
            verdict: components["schemas"]["ReturnVerdict"] | null;
        };
        ReturnVerdict: "approved" | "rejected" | "stays" | "moves";
        "ReviewAnswer.asked": {
            accept: {
                review_by?: components["schemas"]["Date.asked"] | null;
                visibility: components["schemas"]["Visibility.asked"];
            };
        } | {
            send_back: {
                reason: string;
            };
        };
        ReviewDate: {
            day: components["schemas"]["Date"];
            met: components["schemas"]["Date"] | null;
            owner: components["schemas"]["UnitId"];
        };
        Revision: {
            Written: {
                basis?: string;
                from?: components["schemas"]["Date"] | null;
                now: components["schemas"]["Area"];
            };
        } | {
            Ended: {
                basis?: string;
                last: components["schemas"]["Date"];
                successors?: components["schemas"]["AreaId"][];
            };
        } | "EndRevoked";
        "Revision.asked": {
            Written: {
                basis?: string;
                from?: components["schemas"]["Date.asked"] | null;
                now: components["schemas"]["Area.asked"];
            };
        } | {
            Ended: {
                basis?: string;
                last: components["schemas"]["Date.asked"];
                successors?: components["schemas"]["AreaId.asked"][];
            };
        } | "EndRevoked";
        Revision2: {
            Written: {
                basis?: string;
                from?: components["schemas"]["Date"] | null;
                now: components["schemas"]["Unit"];
            };
        } | {
            Ended: {
                basis?: string;
                last: components["schemas"]["Date"];
                successors?: components["schemas"]["UnitId"][];
            };
        } | "EndRevoked";
        "Revision2.asked": {
            Written: {
                basis?: string;
                from?: components["schemas"]["Date.asked"] | null;
                now: components["schemas"]["Unit.asked"];
            };
        } | {
            Ended: {
                basis?: string;
                last: components["schemas"]["Date.asked"];
                successors?: components["schemas"]["UnitId.asked"][];
            };
        } | "EndRevoked";
        Revision3: {
            Written: {
                basis?: string;
                from?: components["schemas"]["Date"] | null;
                now: components["schemas"]["Topic"];
            };
        } | {
            Ended: {
                basis?: string;
                last: components["schemas"]["Date"];
                successors?: components["schemas"]["TopicId"][];
            };
        } | "EndRevoked";
        "Revision3.asked": {
            Written: {
                basis?: string;
                from?: components["schemas"]["Date.asked"] | null;
                now: components["schemas"]["Topic.asked"];
            };
        } | {
            Ended: {
                basis?: string;
                last: components["schemas"]["Date.asked"];
                successors?: components["schemas"]["TopicId.asked"][];
            };
        } | "EndRevoked";
        Revision4: {
            Written: {
                basis?: string;
                from?: components["schemas"]["Date"] | null;
                now: components["schemas"]["RouteRow"];
            };
        } | {
            Ended: {
                basis?: string;
                last: components["schemas"]["Date"];
                successors?: components["schemas"]["NoSuccessor"][];
            };
        } | "EndRevoked";
        "Revision4.asked": {
            Written: {
                basis?: string;
                from?: components["schemas"]["Date.asked"] | null;
                now: components["schemas"]["RouteRow.asked"];
            };
        } | {
            Ended: {
                basis?: string;
                last: components["schemas"]["Date.asked"];
                successors?: components["schemas"]["NoSuccessor.asked"][];
            };
        } | "EndRevoked";
        Revision5: {
            Written: {
                basis?: string;
                from?: components["schemas"]["Date"] | null;
                now: components["schemas"]["GradeRule"];
            };
        } | {
            Ended: {
                basis?: string;
                last: components["schemas"]["Date"];
                successors?: components["schemas"]["NoSuccessor"][];
            };
        } | "EndRevoked";
        "Revision5.asked": {
            Written: {
                basis?: string;
                from?: components["schemas"]["Date.asked"] | null;
                now: components["schemas"]["GradeRule.asked"];
            };
        } | {
            Ended: {
                basis?: string;
                last: components["schemas"]["Date.asked"];
                successors?: components["schemas"]["NoSuccessor.asked"][];
            };
        } | "EndRevoked";
        Right: "wallboard" | "events" | "people" | "all_calls" | "recordings" | "all_agents" | "own_seat" | "all_seats" | "whole_numbers" | "tickets" | "unit_tickets" | "units_below" | "export" | "network" | "accounts" | "configure" | "confirm" | "audit" | "figures" | "released" | "daily_report" | "courier" | "register" | "answer_directly" | "mark_nuisance" | "confirm_nuisance" | "propose_not_accepted" | "not_accept" | "dispatch" | "handle" | "sign_result" | "review_as_hub" | "review_as_unit" | "call_back" | "call_back_second" | "decide_return" | "arbitrate" | "propose_exception" | "approve_filing" | "approve_unreasonable" | "approve_exclusion" | "appeal" | "ask_strike_off" | "strike_off" | "draft_order" | "approve_order_1" | "approve_order_2" | "approve_order_3" | "instruct" | "listen" | "barge" | "reveal_identity" | "draft_report" | "release_report" | "draft_policy" | "approve_policy" | "take_over" | "see_discipline";
        Role: "admin" | "supervisor" | "agent" | "qa" | "callback" | "dispatcher" | "sup_group" | "director" | "liaison" | "unit_head" | "leader" | "gov_supervision" | "media" | "discipline" | "grid" | "vendor" | "auditor" | "archivist" | "platform";
        "Role.asked": "admin" | "supervisor" | "agent" | "qa" | "callback" | "dispatcher" | "sup_group" | "director" | "liaison" | "unit_head" | "leader" | "gov_supervision" | "media" | "discipline" | "grid" | "vendor" | "auditor" | "archivist" | "platform";
        Route: {
            assists: components["schemas"]["UnitId"][];
            fallback: components["schemas"]["UnitId"] | null;
            grade: components["schemas"]["Grade"];
            lead: components["schemas"]["UnitId"];
            quick_kind: string | null;
            supervise: components["schemas"]["UnitId"] | null;
            why: components["schemas"]["RouteReason"][];
        };
        RouteKey: {
            area?: components["schemas"]["AreaId"] | null;
            topic: components["schemas"]["TopicId"];
        };
        "RouteKey.asked": {
            area?: components["schemas"]["AreaId.asked"] | null;
            topic: components["schemas"]["TopicId.asked"];
        };
        RouteReason: {
            topic_moved: {
                from: components["schemas"]["TopicId"];
                to: components["schemas"]["TopicId"];
            };
        } | {
            row: {
                basis: string;
                from: components["schemas"]["Date"] | null;
                key: components["schemas"]["RouteKey"];
            };
        } | {
            topic_lead: {
                short: string;
                unit: components["schemas"]["UnitId"];
            };
        } | {
            nobody_called: {
                short: string;
            };
        } | {
            succeeded: {
                by: components["schemas"]["UnitId"];
                unit: components["schemas"]["UnitId"];
            };
        } | {
            gone: {
                candidates: components["schemas"]["UnitId"][];
                unit: components["schemas"]["UnitId"];
            };
        } | "no_government" | {
            fallback: components["schemas"]["UnitId"];
        } | {
            area_government: components["schemas"]["UnitId"];
        } | {
            hub: components["schemas"]["UnitId"];
        } | {
            conflict: {
                instead: components["schemas"]["UnitId"] | null;
                unit: components["schemas"]["UnitId"];
            };
        } | {
            supervisor_by_default: components["schemas"]["UnitId"];
        };
        RouteRow: {
            assists?: components["schemas"]["UnitRef"][];
            fallback?: components["schemas"]["UnitRef"] | null;
            grade?: components["schemas"]["Grade"] | null;
            lead: components["schemas"]["UnitRef"];
            quick_kind?: string;
            supervise?: components["schemas"]["UnitRef"] | null;
        };
        "RouteRow.asked": {
            assists?: components["schemas"]["UnitRef.asked"][];
            fallback?: components["schemas"]["UnitRef.asked"] | null;
            grade?: components["schemas"]["Grade.asked"] | null;
            lead: components["schemas"]["UnitRef.asked"];
            quick_kind?: string;
            supervise?: components["schemas"]["UnitRef.asked"] | null;
        };
        RoutingProfile: {
            queues: {
                [key: string]: number;
            };
            skills: {
                [key: string]: number;
            };
        };
        RowDigest: {
            first: string;
            last: string;
            rows: number;
            sha256: string;
        };
        RowIds: {
            tickets: components["schemas"]["TicketId"][];
        } | {
            calls: components["schemas"]["CallId"][];
        } | {
            many: components["schemas"]["RowDigest"];
        };
        Ruled: {
            assignment: components["schemas"]["AssignmentId"];
            at: components["schemas"]["Timestamp"];
            by: components["schemas"]["AccountName"];
            excluded: boolean;
            reason: string;
            second: components["schemas"]["AccountName"];
        };
        RuledOut: {
            agent?: components["schemas"]["AccountName"] | null;
            reason: components["schemas"]["RuledOutReason"];
            seat: components["schemas"]["SeatId"];
        };
        RuledOutReason: {
            skill: {
                level: number;
                required: number;
                skill: components["schemas"]["Skill"];
            };
        } | {
            tier: {
                tier: number;
                tier_max: number;
            };
        } | "missed_this_call";
        "Ruling.asked": {
            excluded: boolean;
            reason: string;
            second: components["schemas"]["AccountName.asked"];
        };
        Satisfaction: "very_dissatisfied" | "dissatisfied" | "fairly" | "satisfied" | "very_satisfied";
        "Satisfaction.asked": "very_dissatisfied" | "dissatisfied" | "fairly" | "satisfied" | "very_satisfied";
        Scope: "person" | "building" | "estate" | "village" | "area";
        "Scope.asked": "person" | "building" | "estate" | "village" | "area";
        SeatBoard: {
            answered: number;
            back: components["schemas"]["Timestamp"] | null;
            last_missed: components["schemas"]["MissedReason"] | null;
            login: components["schemas"]["Login"];
            missed: number;
            next: components["schemas"]["AfterTalk"] | null;
            reachable: boolean;
            signed_out: boolean;
            since: components["schemas"]["Timestamp"];
            talk_ms: number;
            work: components["schemas"]["WorkState"] | null;
        };
        "SeatChoice.asked": {
            seat: components["schemas"]["SeatId.asked"];
        };
        SeatId: number;
        "SeatId.asked": number;
        SeatNow: {
            answered: number;
            back: components["schemas"]["Timestamp"] | null;
            last_missed: components["schemas"]["MissedReason"] | null;
            login: components["schemas"]["Login"];
            missed: number;
            next: components["schemas"]["AfterTalk"] | null;
            reachable: boolean;
            seat: components["schemas"]["SeatId"];
            signed_out: boolean;
            since: components["schemas"]["Timestamp"];
            talk_ms: number;
            work: components["schemas"]["WorkState"] | null;
        };
        Segment: {
            from: components["schemas"]["Timestamp"];
            to?: components["schemas"]["Timestamp"] | null;
        } & ({
            kind: "menu";
            menu: components["schemas"]["MenuId"];
        } | {
            kind: "queue";
            queue: components["schemas"]["QueueId"];
        } | {
            agent?: components["schemas"]["AccountName"] | null;
            kind: "talk";
            seat: components["schemas"]["SeatId"];
        } | {
            kind: "transfer";
            seat: components["schemas"]["SeatId"];
        } | {
            kind: "outside";
        } | {
            kind: "consultation";
            seat?: components["schemas"]["SeatId"] | null;
        });
        SessionCall: {
            call: components["schemas"]["CallId"];
            decided: boolean;
            ticket: components["schemas"]["TicketId"];
        };
        SessionState: "planned" | {
            cancelled: {
                reason: string;
            };
        } | {
            open: {
                since: components["schemas"]["Timestamp"];
            };
        } | {
            closed: {
                at: components["schemas"]["Timestamp"];
                since: components["schemas"]["Timestamp"];
            };
        };
        SessionTotals: {
            asked: number;
            calls: number;
            closed: number;
            decided: number;
            open: components["schemas"]["TicketId"][];
            pieces: number;
            satisfied: number;
        };
        Shape: "rate" | "count" | "seconds" | "days";
        Signature: {
            how: string;
            name: string;
            post: components["schemas"]["Post"];
        };
        Signer: {
            account: components["schemas"]["AccountName"];
            away: string | null;
            for_leader: components["schemas"]["AccountName"] | null;
        };
        SigningTurn: {
            deputies?: components["schemas"]["AccountName"][];
            leader: components["schemas"]["AccountName"];
        };
        "SigningTurn.asked": {
            deputies?: components["schemas"]["AccountName.asked"][];
            leader: components["schemas"]["AccountName.asked"];
        };
        Skill: string;
        Solved: "yes" | "partly" | "no";
        "Solved.asked": "yes" | "partly" | "no";
        "StaffChange.asked": {
            disabled?: boolean | null;
            employer?: string | null;
            ends?: string | null;
            group?: string | null;
            must_change_password?: boolean | null;
            real_name?: string | null;
            role?: string | null;
            starts?: string | null;
            unit?: string | null;
        };
        Step: {
            at: components["schemas"]["Timestamp"];
            by?: components["schemas"]["Actor"] | null;
            seq: number;
            what: unknown;
        };
        StreamQuality: {
            jitter_ms: number;
            lost: number;
            mos: number;
            packets: number;
        };
        StuckDestination: {
            since: components["schemas"]["Timestamp"];
            why: string;
        };
        Successor: "itself" | {
            one: components["schemas"]["UnitId"];
        } | {
            several: components["schemas"]["UnitId"][];
        } | "nobody";
        TenDays: {
            month: number;
            third: components["schemas"]["MonthThird"];
            year: number;
        };
        "TenDays.asked": {
            month: number;
            third: components["schemas"]["MonthThird.asked"];
            year: number;
        };
        TextPart: {
            hit: boolean;
            text: string;
        };
        Thresholds: {
            answer_ms: number;
            short_abandon_ms: number;
        };
        Ticket: {
            agent: components["schemas"]["AccountName"] | null;
            answer: string | null;
            assignments: components["schemas"]["Assignment"][];
            before: components["schemas"]["TicketState"] | null;
            call: components["schemas"]["CallId"] | null;
            call_at?: components["schemas"]["Timestamp"] | null;
            callbacks: components["schemas"]["CallbackAttempt"][];
            caller: components["schemas"]["Number"];
            channel: components["schemas"]["Channel"];
            claim: components["schemas"]["Timed6"] | null;
            clocks: components["schemas"]["Clock"][];
            closure: components["schemas"]["TicketClosure"] | null;
            commitments: components["schemas"]["Commitment"][];
            dispatcher: components["schemas"]["AccountName"] | null;
            disposition: components["schemas"]["Disposition"];
            dissatisfaction: components["schemas"]["Dissatisfaction"] | null;
            elsewhere?: string | null;
            eval_final: components["schemas"]["Evaluation"] | null;
            eval_first: components["schemas"]["Evaluation"] | null;
            filed?: components["schemas"]["FilingId"] | null;
            filing: components["schemas"]["FilingId"] | null;
            follow_ups: components["schemas"]["TrackedFollowUp"][];
            follows: boolean;
            form: components["schemas"]["Form"];
            group: components["schemas"]["GroupId"] | null;
            hands: components["schemas"]["AccountName"][];
            instructions: components["schemas"]["Instruction"][];
            kind: components["schemas"]["TicketKind"];
            knowledge: components["schemas"]["KnowledgeId"] | null;
            last_missed?: components["schemas"]["Timestamp"] | null;
            line: components["schemas"]["LineId"];
            matter: components["schemas"]["MatterId"] | null;
            methods: string[];
            missed_again?: number;
            more_calls?: components["schemas"]["CallId"][];
            officer: components["schemas"]["AccountName"] | null;
            opened: components["schemas"]["Timestamp"];
            proposed: components["schemas"]["Disposition"] | null;
            query_code: string;
            reasonable: components["schemas"]["Reasonableness"];
            refused_again?: number;
            repeat_caller: boolean;
            repeat_matter: boolean;
            replies: components["schemas"]["Timed"][];
            round: number;
            route?: components["schemas"]["ProposedRoute"] | null;
            seat: components["schemas"]["SeatId"] | null;
            send_backs: number;
            seq: number;
            state: components["schemas"]["TicketState"];
            thanks: components["schemas"]["Timed5"][];
            ticket: components["schemas"]["TicketId"];
            times: components["schemas"]["TicketTimes"];
            told_by?: components["schemas"]["ReplyRule"] | null;
            tries: components["schemas"]["Timed2"][];
            updates?: components["schemas"]["Timed4"][];
            urges: components["schemas"]["Urges"];
        };
        TicketClosure: "direct" | "evaluated" | "no_evaluation" | "unsatisfied" | "filed" | "diverted" | "not_accepted" | "withdrawn" | "invalid";
        "TicketCommand.asked": {
            payload: components["schemas"]["Form.asked"];
            type: "write";
        } | {
            payload: {
                form?: components["schemas"]["Form.asked"];
                matter?: components["schemas"]["MatterId.asked"] | null;
            };
            type: "register";
        } | {
            payload: {
                answer: string;
                knowledge?: components["schemas"]["KnowledgeId.asked"] | null;
                no_item?: string | null;
            };
            type: "answer";
        } | {
            payload: {
                call?: components["schemas"]["CallId.asked"] | null;
                connected: boolean;
                number: string;
                target: components["schemas"]["DivertTarget.asked"];
            };
            type: "divert";
        } | {
            payload: {
                reason: components["schemas"]["NotAcceptedReason.asked"];
                route_told: string;
            };
            type: "not_accept";
        } | {
            payload: {
                disposition: components["schemas"]["Disposition.asked"];
            };
            type: "mark_invalid";
        } | {
            type: "confirm_nuisance";
        } | {
            type: "refuse_nuisance";
        } | {
            payload: {
                call_at: components["schemas"]["Timestamp.asked"];
                missing: string;
            };
            type: "await_info";
        } | {
            payload: {
                facts: string;
            };
            type: "inform";
        } | {
            type: "give_up";
        } | {
            type: "review";
        } | {
            payload: {
                filing: components["schemas"]["FilingId.asked"];
            };
            type: "match_filing";
        } | {
            payload: {
                matter: components["schemas"]["MatterId.asked"];
            };
            type: "merge";
        } | {
            payload: {
                reason: string;
            };
            type: "unmerge";
        } | {
            payload: {
                sheet: string;
            };
            type: "submit_to_leader";
        } | {
            payload: {
                for_leader?: components["schemas"]["AccountName.asked"] | null;
                scan?: string | null;
                text: string;
            };
            type: "leader_sign";
        } | {
            payload: components["schemas"]["Dispatch.asked"];
            type: "dispatch";
        } | {
            payload: components["schemas"]["Dispatch.asked"];
            type: "add_unit";
        } | {
            payload: {
                reason: string;
            };
            type: "recall";
        } | {
            payload: {
                reason: components["schemas"]["RedoReason.asked"];
                text: string;
            };
            type: "send_back";
        } | {
            payload: {
                feedback?: string | null;
            };
            type: "accept_result";
        } | {
            payload: components["schemas"]["ReplyMade.asked"];
            type: "reply";
        } | {
            payload: components["schemas"]["Callback.asked"];
            type: "ask";
        } | {
            payload: {
                dispatch?: components["schemas"]["Dispatch.asked"] | null;
                reason: components["schemas"]["RedoReason.asked"];
                text: string;
            };
            type: "redo";
        } | {
            payload: {
                reason: string;
            };
            type: "close_unsatisfied";
        } | {
            payload: {
                ground: components["schemas"]["ReopenGround.asked"];
                text: string;
            };
            type: "reopen";
        } | {
            payload: {
                manifest: string;
            };
            type: "archive";
        } | {
            payload: {
                proof: string;
                statement: string;
            };
            type: "withdraw";
        } | {
            payload: {
                reason: string;
            };
            type: "void";
        } | {
            payload: {
                text: string;
                to: components["schemas"]["TicketId.asked"];
            };
            type: "attach";
        } | {
            payload: {
                reason: string;
                second: components["schemas"]["AccountName.asked"];
                to: components["schemas"]["TicketState.asked"];
            };
            type: "override";
        } | {
            payload: {
                grade: components["schemas"]["Grade.asked"];
                reason?: string;
            };
            type: "regrade";
        } | {
            type: "claim";
        } | {
            type: "release";
        } | {
            payload: {
                officer: components["schemas"]["AccountName.asked"];
            };
            type: "name_officer";
        } | {
            payload: {
                group: components["schemas"]["GroupId.asked"];
            };
            type: "name_group";
        } | {
            payload: {
                channel: components["schemas"]["UrgeChannel.asked"];
                text: string;
            };
            type: "urge";
        } | {
            payload: components["schemas"]["ContactMade.asked"];
            type: "contact";
        } | {
            payload: components["schemas"]["Commitment.asked"];
            type: "commit";
        } | {
            payload: components["schemas"]["FollowUp.asked"];
            type: "set_follow_up";
        } | {
            payload: {
                kept: boolean;
                n: number;
                text: string;
            };
            type: "check_follow_up";
        } | {
            payload: {
                reason: string;
                second: components["schemas"]["AccountName.asked"];
                verdict: components["schemas"]["Reasonableness.asked"];
            };
            type: "decide_reasonable";
        } | {
            payload: {
                text: string;
            };
            type: "citizen_update";
        } | {
            payload: {
                kind: components["schemas"]["Gratitude.asked"];
                text: string;
                unit?: components["schemas"]["UnitId.asked"] | null;
            };
            type: "thank";
        } | {
            payload: {
                amount_fen: number;
                item: string;
                payer: string;
            };
            type: "note_aid";
        } | {
            payload: {
                reason: string;
            };
            type: "reveal";
        } | {
            payload: {
                text: string;
            };
            type: "note";
        } | {
            payload: {
                method: string;
            };
            type: "tag_method";
        } | {
            payload: {
                basis: string;
                cause: components["schemas"]["PauseCause.asked"];
            };
            type: "pause";
        } | {
            payload: {
                cause: components["schemas"]["PauseCause.asked"];
            };
            type: "resume";
        };
        TicketId: number;
        "TicketId.asked": number;
        TicketKind: "conversation" | "missed_call";
        "TicketKind.asked": "conversation" | "missed_call";
        TicketState: "draft" | "registered" | "await_info" | "in_review" | "await_leader" | "handling" | "following" | "result_check" | "reply" | "callback" | "closed" | "archived" | "cancelled";
        "TicketState.asked": "draft" | "registered" | "await_info" | "in_review" | "await_leader" | "handling" | "following" | "result_check" | "reply" | "callback" | "closed" | "archived" | "cancelled";
        TicketTimes: {
            accepted: components["schemas"]["Timestamp"] | null;
            archived: components["schemas"]["Timestamp"] | null;
            changed: components["schemas"]["Timestamp"];
            closed: components["schemas"]["Timestamp"] | null;
            dispatched: components["schemas"]["Timestamp"] | null;
            registered: components["schemas"]["Timestamp"] | null;
            replied: components["schemas"]["Timestamp"] | null;
            results_in: components["schemas"]["Timestamp"] | null;
            reviewed: components["schemas"]["Timestamp"] | null;
        };
        TimeAmount: {
            days: number;
        } | {
            seconds: number;
        };
        Timed: {
            at: components["schemas"]["Timestamp"];
            what: components["schemas"]["ReplyMade"];
        };
        Timed2: {
            at: components["schemas"]["Timestamp"];
            what: [
                components["schemas"]["ReplyBy"],
                components["schemas"]["Reached"]
            ];
        };
        Timed3: {
            at: components["schemas"]["Timestamp"];
            what: boolean;
        };
        Timed4: {
            at: components["schemas"]["Timestamp"];
            what: string;
        };
        Timed5: {
            at: components["schemas"]["Timestamp"];
            what: components["schemas"]["Gratitude"];
        };
        Timed6: {
            at: components["schemas"]["Timestamp"];
            what: components["schemas"]["AccountName"];
        };
        Timestamp: number;
        "Timestamp.asked": number;
        Topic: {
            english?: string;
            grade?: components["schemas"]["Grade"] | null;
            lead?: string;
            name: string;
            purposes?: components["schemas"]["Purpose"][];
        };
        "Topic.asked": {
            english?: string;
            grade?: components["schemas"]["Grade.asked"] | null;
            lead?: string;
            name: string;
            purposes?: components["schemas"]["Purpose.asked"][];
        };
        TopicId: string;
        "TopicId.asked": string;
        TrackedFollowUp: {
            checked: components["schemas"]["Timed3"] | null;
            follow_up: components["schemas"]["FollowUp"];
        };
        "TransferChoice.asked": {
            to: components["schemas"]["TransferTarget.asked"];
        };
        "TransferTarget.asked": {
            seat: components["schemas"]["SeatId.asked"];
        } | {
            queue: components["schemas"]["QueueId.asked"];
        } | {
            number: components["schemas"]["Number.asked"];
        };
        TrunkId: string;
        Unit: {
            area?: components["schemas"]["AreaId"] | null;
            chief?: components["schemas"]["Officer"] | null;
            deputies?: components["schemas"]["Officer"][];
            functional_parent?: components["schemas"]["UnitId"] | null;
            group?: string;
            kind: components["schemas"]["UnitKind"];
            level: number;
            liaisons?: components["schemas"]["Liaison"][];
            members?: components["schemas"]["UnitId"][];
            name: string;
            parent?: components["schemas"]["UnitId"] | null;
            public_phone?: string;
            short: string;
            sms?: components["schemas"]["Number"][];
        };
        "Unit.asked": {
            area?: components["schemas"]["AreaId.asked"] | null;
            chief?: components["schemas"]["Officer.asked"] | null;
            deputies?: components["schemas"]["Officer.asked"][];
            functional_parent?: components["schemas"]["UnitId.asked"] | null;
            group?: string;
            kind: components["schemas"]["UnitKind.asked"];
            level: number;
            liaisons?: components["schemas"]["Liaison.asked"][];
            members?: components["schemas"]["UnitId.asked"][];
            name: string;
            parent?: components["schemas"]["UnitId.asked"] | null;
            public_phone?: string;
            short: string;
            sms?: components["schemas"]["Number.asked"][];
        };
        UnitId: string;
        "UnitId.asked": string;
        UnitKind: "government" | "bureau" | "township" | "community" | "utility" | "public_enterprise" | "central_body" | "task_force" | "external" | "hub";
        "UnitKind.asked": "government" | "bureau" | "township" | "community" | "utility" | "public_enterprise" | "central_body" | "task_force" | "external" | "hub";
        UnitRef: string;
        "UnitRef.asked": string;
        UpdateRate: {
            due: number;
            in_time: number;
        };
        Upkeep: {
            doubles: components["schemas"]["UpkeepDouble"][];
            due: components["schemas"]["UpkeepEntry"][];
            gaps: components["schemas"]["UpkeepEntry"][];
            items: number;
            most_used: components["schemas"]["UpkeepUsed"][];
            stale: components["schemas"]["UpkeepEntry"][];
            to_review: components["schemas"]["UpkeepEntry"][];
            update_rate: components["schemas"]["UpdateRate"] | null;
        };
        UpkeepDouble: {
            items: components["schemas"]["KnowledgeId"][];
            question: string;
        };
        UpkeepEntry: {
            day?: components["schemas"]["Date"] | null;
            id: components["schemas"]["KnowledgeId"];
            owner?: components["schemas"]["UnitId"] | null;
            question?: string | null;
            reports?: string[];
            times?: number | null;
        };
        UpkeepUsed: {
            id: components["schemas"]["KnowledgeId"];
            uses: number;
        };
        "UrgeChannel.asked": "phone" | "network" | "sms" | "written";
        UrgeCount: {
            counted: number;
            last: components["schemas"]["Timestamp"] | null;
            made: number;
        };
        Urges: {
            of: {
                [key: string]: components["schemas"]["UrgeCount"];
            };
            system_level: components["schemas"]["OverdueLevel"];
        };
        Uses: {
            before: number;
            by_day: {
                [key: string]: number;
            };
            recent: components["schemas"]["TicketId"][];
        };
        Verdict: "true" | "partly" | "untrue" | "unverifiable";
        "Verdict.asked": "true" | "partly" | "untrue" | "unverifiable";
        Version: {
            at: components["schemas"]["Timestamp"];
            by: components["schemas"]["AccountName"] | null;
            n: number;
            text: components["schemas"]["KnowledgeText"];
        };
        Visibility: "draft" | "internal" | "public";
        "Visibility.asked": "draft" | "internal" | "public";
        Voicemail: {
            from_ms: number;
            length_ms: number;
        };
        WaitCause: "no_port" | "missed" | "busy" | "not_ready" | "unqualified" | "unstaffed";
        WaitReason: {
            busy: number;
            cause: components["schemas"]["WaitCause"];
            not_ready: number;
            overflow?: components["schemas"]["QueueId"][];
            requirement: components["schemas"]["Requirement"];
            ruled_out?: components["schemas"]["RuledOut"][];
            tier_max: number;
            unreachable: number;
        };
        WaitingCall: {
            call: components["schemas"]["CallId"];
            caller: string | null;
            cause?: components["schemas"]["WaitCause"] | null;
            expected_ms: number | null;
            position: number | null;
            priority: number;
            ringing: components["schemas"]["SeatId"] | null;
            since: components["schemas"]["Timestamp"];
            transferred?: boolean;
        };
        Wallboard: {
            alarms: {
                [key: string]: string;
            };
            calls: {
                [key: string]: components["schemas"]["CallBoard"];
            };
            now: components["schemas"]["Timestamp"];
            queues: {
                [key: string]: components["schemas"]["QueueBoard"];
            };
            seats: {
                [key: string]: components["schemas"]["SeatBoard"];
            };
            seq: number;
        };
        Want: {
            question: string;
            ticket: components["schemas"]["TicketId"] | null;
            times: number;
            topic: components["schemas"]["TopicId"] | null;
        };
        WithdrawalReason: "caller_gone" | "seat_gone" | "queue_exit" | "engine" | "no_ports";
        WordingFault: "promise" | "vague" | "passing_on" | "privacy";
        WordingRemark: {
            fault: components["schemas"]["WordingFault"];
            field: string;
            words: string;
        };
        WorkCount: {
            late: number;
            total: number;
            work: components["schemas"]["WorkKind"];
        };
        WorkItem: {
            allowed?: string[];
            area?: components["schemas"]["AreaId"] | null;
            asks?: components["schemas"]["EscalationStep"][];
            claimed_by?: components["schemas"]["AccountName"] | null;
            due?: number | null;
            filing?: string | null;
            grade?: components["schemas"]["Grade"] | null;
            group?: components["schemas"]["GroupId"] | null;
            id: string;
            level: components["schemas"]["OverdueLevel"];
            order?: components["schemas"]["OrderLevel"] | null;
            provisional?: boolean;
            state: string;
            ticket?: components["schemas"]["TicketId"] | null;
            title?: string | null;
            topic?: components["schemas"]["TopicId"] | null;
            unit?: components["schemas"]["UnitId"] | null;
            work: components["schemas"]["WorkKind"];
        };
        WorkKind: "register" | "confirm_nuisance" | "missed_call" | "inquire" | "dispatch" | "leader_sign" | "watch" | "sign" | "handle" | "head_sign" | "further_sign" | "review" | "decide_return" | "arbitrate" | "decide_extension" | "check_result" | "reply" | "unit_reply" | "call_back" | "follow_up" | "rework" | "verify_rework" | "strike_off" | "submit_filing" | "approve_filing" | "draft_order" | "approve_order" | "issue_order" | "answer_order" | "check_order" | "approve_network";
        "WorkKind.asked": "register" | "confirm_nuisance" | "missed_call" | "inquire" | "dispatch" | "leader_sign" | "watch" | "sign" | "handle" | "head_sign" | "further_sign" | "review" | "decide_return" | "arbitrate" | "decide_extension" | "check_result" | "reply" | "unit_reply" | "call_back" | "follow_up" | "rework" | "verify_rework" | "strike_off" | "submit_filing" | "approve_filing" | "draft_order" | "approve_order" | "issue_order" | "answer_order" | "check_order" | "approve_network";
        WorkState: "ready" | {
            not_ready: {
                reason: components["schemas"]["NotReadyReason"];
            };
        } | {
            alerting: {
                call: components["schemas"]["CallId"];
                until: components["schemas"]["Timestamp"];
            };
        } | {
            talking: {
                call: components["schemas"]["CallId"];
            };
        } | {
            wrap_up: {
                call: components["schemas"]["CallId"];
                until: components["schemas"]["Timestamp"];
            };
        };
        Worklist: {
            cut?: boolean;
            items: components["schemas"]["WorkItem"][];
            next?: string | null;
            total: number;
        };
    };
    responses: {
        Problem: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
    };
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    get_accounts: {
        parameters: {
            query?: {
                ending_within_days?: number | null;
                role?: components["schemas"]["Role.asked"] | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Accounts"];
                };
            };
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    post_accounts: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewAccount.asked"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Account"];
                };
            };
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    get_accounts_name: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Account"];
                };
            };
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    post_accounts_name: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["StaffChange.asked"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Account"];
                };
            };
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    post_accounts_name_confirm: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Account"];
                };
            };
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    post_accounts_name_end: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Account"];
                };
            };
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    post_accounts_name_password: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Account"];
                };
            };
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    get_agents: {
        parameters: {
            query?: {
                from?: number | null;
                quarters?: boolean;
                to?: number | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AgentsWorked"];
                };
            };
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    get_agents_profiles: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AgentProfileShown"][];
                };
            };
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    post_agents_agent_profile: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                agent: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AgentProfileChange.asked"];
            };
        };
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    post_agents_agent_profile_withdraw: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                agent: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    get_assessments_appeals: {
        parameters: {
            query?: {
                all?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Appealed"][];
                };
            };
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    post_assessments_assignment: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                assignment: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Ruling.asked"];
            };
        };
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    post_assessments_assignment_appeals: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                assignment: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Appealing.asked"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Appealed"];
                };
            };
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    post_assignments_assignment_events: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                assignment: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["AssignmentCommand.asked"] & components["schemas"]["ExpectSeq"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CommandReceipt"];
                };
            };
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            409: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    post_attachments: {
        parameters: {
            query?: {
                name?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/octet-stream": string;
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AttachmentKept"];
                };
            };
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    get_audit: {
        parameters: {
            query?: {
                before?: number | null;
                call?: components["schemas"]["CallId.asked"] | null;
                caller?: string | null;
                limit?: number | null;
                person?: components["schemas"]["AccountName.asked"] | null;
                since?: number | null;
                ticket?: number | null;
                until?: number | null;
                what?: components["schemas"]["AuditAction.asked"] | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page"];
                };
            };
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    get_calls: {
        parameters: {
            query?: {
                agent?: components["schemas"]["AccountName.asked"] | null;
                answered?: boolean | null;
                before?: components["schemas"]["CallId.asked"] | null;
                end?: components["schemas"]["CallEnd.asked"] | null;
                limit?: number | null;
                queue?: components["schemas"]["QueueId.asked"] | null;
                seat?: number | null;
                since?: number | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page2"];
                };
            };
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    get_calls_call: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                call: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Cdr"];
                };
            };
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    post_calls_call_complete_transfer: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                call: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    post_calls_call_hang_up: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                call: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    post_calls_call_hold: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                call: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    post_calls_call_invite: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                call: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["GuestChoice.asked"];
            };
        };
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    post_calls_call_monitor: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                call: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["MonitorChoice.asked"];
            };
        };
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    get_calls_call_offers: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                call: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CallOffers"];
                };
            };
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    post_calls_call_remove: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                call: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RemovedGuest.asked"];
            };
        };
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    post_calls_call_resume: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                call: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    post_calls_call_stop_monitoring: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                call: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SeatChoice.asked"];
            };
        };
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    post_calls_call_take_over: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                call: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SeatChoice.asked"];
            };
        };
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    post_calls_call_transfer: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                call: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TransferChoice.asked"];
            };
        };
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    get_config: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ConfigHistory"];
                };
            };
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    post_config_reload: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Reload.asked"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Reloaded"];
                };
            };
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    get_courier: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Destination"][];
                };
            };
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    get_courier_destination_dead: {
        parameters: {
            query?: {
                after?: number | null;
                limit?: number | null;
            };
            header?: never;
            path: {
                destination: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page4"];
                };
            };
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    post_courier_destination_events: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                destination: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["DestinationCommand.asked"] & components["schemas"]["ExpectSeq"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CommandReceipt"];
                };
            };
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            409: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    post_dissatisfactions_ticket_events: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                ticket: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["DissatisfactionCommand.asked"] & components["schemas"]["ExpectSeq"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CommandReceipt"];
                };
            };
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            409: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    get_events: {
        parameters: {
            query?: {
                after?: number | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": string;
                };
            };
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    get_figures: {
        parameters: {
            query: {
                period: string;
                unit?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PeriodFigures"];
                };
            };
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    get_figures_figure_tickets: {
        parameters: {
            query: {
                after?: string | null;
                limit?: number | null;
                part?: string | null;
                period: string;
                unit?: string | null;
            };
            header?: never;
            path: {
                figure: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DrillDown"];
                };
            };
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    post_filings_filing_events: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                filing: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["FilingCommand.asked"] & components["schemas"]["ExpectSeq"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CommandReceipt"];
                };
            };
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            409: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    get_hotline: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Hotline"];
                };
            };
            "4XX": components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    get_knowledge: {
        parameters: {
            query?: {
                after?: string | null;
                area?: string | null;
                limit?: number | null;
                line?: string | null;
                owner?: string | null;
                q?: string | null;
                state?: components["schemas"]["KnowledgeState.asked"] | null;
                topic?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KnowledgeList"];
                };
            };
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    get_knowledge_csv: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/csv": string;
                };
            };
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    post_knowledge_events: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["KnowledgeCommand.asked"] & components["schemas"]["ExpectSeq"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KnowledgeKept"];
                };
            };
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            409: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    post_knowledge_import: {
        parameters: {
            query?: {
                publish?: boolean;
            };
            header?: {
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "text/csv": string;
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KnowledgeKept"];
                };
            };
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    get_knowledge_upkeep: {
        parameters: {
            query?: {
                owner?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Upkeep"];
                };
            };
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    get_knowledge_item: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                item: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["KnowledgeItem"];
                };
            };
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    get_leaders: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Leaders"];
                };
            };
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    post_leaders_events: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["LeaderCommand.asked"] & components["schemas"]["ExpectSeq"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CommandReceipt"];
                };
            };
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            409: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    get_leaders_sessions_session: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                session: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LeaderSessionReport"];
                };
            };
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    post_login: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["LogIn.asked"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Me"];
                };
            };
            "4XX": components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    post_logout: {
        parameters: {
            query?: {
                everywhere?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    get_matters_matter: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                matter: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Matter"];
                };
            };
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    post_matters_matter_filings: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                matter: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["FilingCommand.asked"] & components["schemas"]["ExpectSeq"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CommandReceipt"];
                };
            };
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            409: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    post_matters_matter_orders: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                matter: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["OrderDraft.asked"] & components["schemas"]["ExpectSeq"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CommandReceipt"];
                };
            };
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            409: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    get_me: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Me"];
                };
            };
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    post_me_password: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewPassword.asked"];
            };
        };
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    get_names: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Names"];
                };
            };
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    get_network_drafts: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Drafted"][];
                };
            };
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    post_network_events: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["DirectoryCommand.asked"] & components["schemas"]["ExpectSeq"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CommandReceipt"];
                };
            };
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            409: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    get_network_hand_overs: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Handover"][];
                };
            };
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    post_network_import: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Import.asked"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CommandReceipt"];
                };
            };
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    get_network_route: {
        parameters: {
            query?: {
                against?: string | null;
                area?: string | null;
                topic?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Route"];
                };
            };
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    get_network_table: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                table: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/csv": string;
                };
            };
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    get_openapi_json: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": string;
                };
            };
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    post_orders_order_events: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                order: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["OrderCommand.asked"] & components["schemas"]["ExpectSeq"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CommandReceipt"];
                };
            };
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            409: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    get_problems: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProblemType"][];
                };
            };
            "4XX": components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    get_problems_code: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                code: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProblemType"];
                };
            };
            "4XX": components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    get_queues: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["QueueNow"][];
                };
            };
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    get_queues_figures: {
        parameters: {
            query?: {
                from?: number | null;
                quarters?: boolean;
                to?: number | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["QueuesWent"];
                };
            };
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    get_recordings: {
        parameters: {
            query?: {
                agent?: components["schemas"]["AccountName.asked"] | null;
                answered?: boolean | null;
                before?: components["schemas"]["CallId.asked"] | null;
                end?: components["schemas"]["CallEnd.asked"] | null;
                limit?: number | null;
                queue?: components["schemas"]["QueueId.asked"] | null;
                seat?: number | null;
                since?: number | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page2"];
                };
            };
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    get_recordings_call_audio: {
        parameters: {
            query?: {
                stored?: boolean;
            };
            header?: never;
            path: {
                call: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "audio/wav": string;
                };
            };
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    get_reports: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReleasedReport"][];
                };
            };
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    get_reports_due: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DueReport"][];
                };
            };
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    get_reports_report: {
        parameters: {
            query: {
                format?: string | null;
                issue?: number | null;
                period: string;
                unit?: string | null;
            };
            header?: never;
            path: {
                report: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": string;
                    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": string;
                    "text/csv": string;
                    "text/html": string;
                };
            };
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    post_reports_report_instructions: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                report: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Instruction.asked"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReportInstructed"];
                };
            };
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    post_reports_report_releases: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                report: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Release.asked"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReportReleased"];
                };
            };
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    get_seats: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SeatNow"][];
                };
            };
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    get_seats_seat: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                seat: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SeatNow"];
                };
            };
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    post_seats_seat_command: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                seat: string;
                command: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Details.asked"];
            };
        };
        responses: {
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    get_tickets: {
        parameters: {
            query?: {
                before?: number | null;
                caller?: string | null;
                kind?: components["schemas"]["TicketKind.asked"] | null;
                limit?: number | null;
                matter?: number | null;
                state?: components["schemas"]["TicketState.asked"] | null;
                tag?: string | null;
                topic?: string | null;
                unit?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Page3"];
                };
            };
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    post_tickets: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["NewTicket.asked"] & components["schemas"]["ExpectSeq"];
            };
        };
        responses: {
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CommandReceipt"];
                };
            };
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            409: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    get_tickets_csv: {
        parameters: {
            query?: {
                before?: number | null;
                caller?: string | null;
                kind?: components["schemas"]["TicketKind.asked"] | null;
                limit?: number | null;
                matter?: number | null;
                state?: components["schemas"]["TicketState.asked"] | null;
                tag?: string | null;
                topic?: string | null;
                unit?: string | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/csv": string;
                };
            };
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    post_tickets_import: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "text/csv": string;
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Imported"];
                };
            };
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    get_tickets_ticket: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                ticket: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Ticket"];
                };
            };
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    get_tickets_ticket_allowed: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                ticket: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["AllowedCommands"];
                };
            };
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    get_tickets_ticket_attachments_hash: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                ticket: string;
                hash: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/octet-stream": string;
                };
            };
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    get_tickets_ticket_clocks: {
        parameters: {
            query?: {
                language?: components["schemas"]["Language.asked"];
            };
            header?: never;
            path: {
                ticket: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Clocks"];
                };
            };
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    get_tickets_ticket_events: {
        parameters: {
            query?: {
                after?: number | null;
                limit?: number | null;
            };
            header?: never;
            path: {
                ticket: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["History"];
                };
            };
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    post_tickets_ticket_events: {
        parameters: {
            query?: never;
            header?: {
                "Idempotency-Key"?: string;
            };
            path: {
                ticket: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["TicketCommand.asked"] & components["schemas"]["ExpectSeq"];
            };
        };
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["CommandReceipt"];
                };
            };
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            409: components["responses"]["Problem"];
            422: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    get_tickets_ticket_publication: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                ticket: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PublishedCase"];
                };
            };
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    get_units_unit_ladder: {
        parameters: {
            query?: {
                ticket?: number | null;
            };
            header?: never;
            path: {
                unit: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EscalationContacts"];
                };
            };
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    get_units_unit_worklist: {
        parameters: {
            query?: {
                after?: string | null;
                area?: string | null;
                below?: boolean;
                due_before?: components["schemas"]["Timestamp.asked"] | null;
                group?: string | null;
                limit?: number | null;
                state?: string | null;
                topic?: string | null;
                work?: components["schemas"]["WorkKind.asked"] | null;
            };
            header?: never;
            path: {
                unit: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Worklist"];
                };
            };
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    get_wallboard: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Wallboard"];
                };
            };
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    get_wallboard_live: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": string;
                };
            };
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    get_worklist: {
        parameters: {
            query?: {
                after?: string | null;
                area?: string | null;
                below?: boolean;
                due_before?: components["schemas"]["Timestamp.asked"] | null;
                group?: string | null;
                limit?: number | null;
                state?: string | null;
                topic?: string | null;
                work?: components["schemas"]["WorkKind.asked"] | null;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Worklist"];
                };
            };
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    get_worklist_counts: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["WorkCount"][];
                };
            };
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    get_healthz: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
            "4XX": components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    get_metrics: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
            401: components["responses"]["Problem"];
            403: components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
    get_readyz: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
            "4XX": components["responses"]["Problem"];
            default: components["responses"]["Problem"];
        };
    };
}
